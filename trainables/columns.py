"""Takes labels, features and weights out of a data frame, and says what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trainables.contract import ConfigError
from trainables.nearest import did_you_mean, listed

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from trainables.tabular import TabularData

    Floats = NDArray[np.float64]

_SHOWN = 10
_ROUNDING = 1e-9
"""Relative to the sum of their sizes, a sum of weights below this is a rounding error."""


def labels(frame: pd.DataFrame, data: TabularData) -> Floats:
    """1 for signal and 0 for background. **Shapes** [N]."""
    column = _column(frame, "data.label", data.label)
    if column.isna().any():
        message = f"column {data.label!r} is empty in {int(column.isna().sum())} rows"
        raise ConfigError("data.label", message)
    found = sorted(column.unique().tolist(), key=str)
    if len(found) == 1:
        message = f"column {data.label!r} has one class only ({found[0]!r}); two are needed"
        raise ConfigError("data.label", message)
    positive = _positive(found, data)
    is_signal: Floats = (column == positive).to_numpy(dtype=float)
    return is_signal


def features(frame: pd.DataFrame, data: TabularData) -> list[str]:
    """The names of the columns that the network sees."""
    import pandas as pd

    if data.features is None:
        numeric = frame.select_dtypes(include=["number", "bool"]).columns
        chosen = [str(name) for name in numeric if name not in (data.label, data.weight)]
    else:
        chosen = list(data.features)
    if not chosen:
        raise ConfigError("data.features", "there is no numeric column beside label and weight")
    for name in chosen:
        column = _column(frame, "data.features", name)
        if name in (data.label, data.weight):
            raise ConfigError("data.features", f"{name!r} is the label or the weight")
        if not pd.api.types.is_numeric_dtype(column):
            raise ConfigError("data.features", f"column {name!r} holds no numbers")
    if len(set(chosen)) < len(chosen):
        raise ConfigError("data.features", "a column is named twice")
    return chosen


def numbers(frame: pd.DataFrame, names: list[str]) -> Floats:
    """Columns as numbers, all finite. **Shapes** [N, F]."""
    import numpy as np

    values = frame[names].to_numpy(dtype=float, na_value=np.nan)
    bad = (~np.isfinite(values)).sum(axis=0)
    if bad.any():
        counts = [f"{name} ({n} rows)" for name, n in zip(names, bad, strict=True) if n]
        more = f" and {len(counts) - _SHOWN} more" if len(counts) > _SHOWN else ""
        message = f"not a finite number in {', '.join(counts[:_SHOWN])}{more}; fill or drop them"
        raise ConfigError("data.features", message)
    return values


def weights(frame: pd.DataFrame, data: TabularData) -> Floats | None:
    """Event weights as they are, or None; each class has some in sum. **Shapes** [N]."""
    import numpy as np
    import pandas as pd

    if data.weight is None:
        return None
    column = _column(frame, "data.weight", data.weight)
    if not pd.api.types.is_numeric_dtype(column):
        raise ConfigError("data.weight", f"column {data.weight!r} holds no numbers")
    values = column.to_numpy(dtype=float, na_value=np.nan)
    if not np.isfinite(values).all():
        n_bad = int((~np.isfinite(values)).sum())
        raise ConfigError("data.weight", f"column {data.weight!r} is not finite in {n_bad} rows")
    for label in (0.0, 1.0):
        _check_sum(values[labels(frame, data) == label], f"{label:.0f}", data)
    return values


def _check_sum(values: Floats, label: str, data: TabularData) -> None:
    """Refuse weights that cancel: a class without weight in sum has no normalisation."""
    if not (values > 0).any():
        message = f"column {data.weight!r} leaves no weight to the rows of label {label}"
        raise ConfigError("data.weight", message)
    total = values.sum()
    if total <= _ROUNDING * abs(values).sum():
        message = (
            f"column {data.weight!r} sums up to {total:.3g} over the rows of label {label}, "
            "but must be positive in sum; check its signs, or name another column"
        )
        raise ConfigError("data.weight", message)


def _column(frame: pd.DataFrame, key: str, name: str) -> pd.Series[Any]:
    known = [str(column) for column in frame.columns]
    if name not in known:
        shown = listed(known[:50])
        raise ConfigError(key, f"no column {name!r}; there are {shown}{did_you_mean(name, known)}")
    return frame[name]


def _positive(found: list[Any], data: TabularData) -> Any:
    shown = ", ".join(repr(value) for value in found[:_SHOWN])
    if data.positive is None:
        if len(found) == 2 and all(value in (0, 1) for value in found):
            return 1
        message = f"column {data.label!r} holds {shown}, not 0 and 1"
        advice = "; name the signal's value by data.positive" if len(found) == 2 else ""
        raise ConfigError("data.label", message + advice)
    if len(found) != 2:
        message = f"column {data.label!r} holds {len(found)} values ({shown}), not two"
        raise ConfigError("data.label", message)
    if data.positive not in found:
        message = f"column {data.label!r} holds {shown}, but never {data.positive!r}"
        raise ConfigError("data.positive", message)
    return data.positive
