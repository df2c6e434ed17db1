"""Takes features, weights and spectators out of a data frame, and says what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from trainables.contract import ConfigError
from trainables.nearest import did_you_mean, listed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from trainables.class_labels import Labels
    from trainables.tabular import TabularData

    Floats = NDArray[np.float64]

_SHOWN = 10
_ROUNDING = 1e-9
"""Relative to the sum of their sizes, a sum of weights below this is a rounding error."""


def features(frame: pd.DataFrame, data: TabularData, spectators: Sequence[str]) -> list[str]:
    """The names of the columns that the network sees; a spectator only where it is listed."""
    if data.features is None:
        chosen = [name for name in _numerics(frame, data) if name not in spectators]
    else:
        chosen = list(data.features)
    if not chosen and not data.objects:
        raise ConfigError("data.features", "there is no numeric column beside label and weight")
    for name in chosen:
        if name in (data.label, data.weight):
            raise ConfigError("data.features", f"{name!r} is the label or the weight")
        _numeric(frame, "data.features", name)
    if len(set(chosen)) < len(chosen):
        raise ConfigError("data.features", "a column is named twice")
    return chosen


def taken_out(frame: pd.DataFrame, data: TabularData, spectators: Sequence[str]) -> list[str]:
    """The columns that the network does not see for the one reason that they are spectators."""
    if data.features is not None:
        return []
    return [name for name in _numerics(frame, data) if name in spectators]


def _numerics(frame: pd.DataFrame, data: TabularData) -> list[str]:
    numeric = frame.select_dtypes(include=["number", "bool"]).columns
    return [str(name) for name in numeric if name not in (data.label, data.weight)]


def spectators(frame: pd.DataFrame, keys: Mapping[str, str]) -> Floats:
    """Columns that are carried along, all finite, each with its key. **Shapes** [N, S]."""
    import numpy as np

    for name, key in keys.items():
        _numeric(frame, key, name)
    parts = [numbers(frame, [name], key) for name, key in keys.items()]
    return np.concatenate([np.empty((len(frame), 0)), *parts], axis=1)


def numbers(frame: pd.DataFrame, names: list[str], key: str) -> Floats:
    """Columns as numbers, all finite. **Shapes** [N, F]."""
    import numpy as np

    values = frame[names].to_numpy(dtype=float, na_value=np.nan)
    bad = (~np.isfinite(values)).sum(axis=0)
    if bad.any():
        counts = [f"{name} ({n} rows)" for name, n in zip(names, bad, strict=True) if n]
        more = f" and {len(counts) - _SHOWN} more" if len(counts) > _SHOWN else ""
        message = f"not a finite number in {', '.join(counts[:_SHOWN])}{more}; fill or drop them"
        raise ConfigError(key, message)
    return values


def weights(frame: pd.DataFrame, data: TabularData, labels: Labels) -> Floats | None:
    """Event weights as they are, or None; each class has some in sum. **Shapes** [N]."""
    import numpy as np

    if data.weight is None:
        return None
    values = _numeric(frame, "data.weight", data.weight).to_numpy(dtype=float, na_value=np.nan)
    if not np.isfinite(values).all():
        n_bad = int((~np.isfinite(values)).sum())
        raise ConfigError("data.weight", f"column {data.weight!r} is not finite in {n_bad} rows")
    for number, label in enumerate(labels.names):
        _check_sum(values[labels.index == number], label, data)
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


def column(frame: pd.DataFrame, key: str, name: str) -> pd.Series[Any]:
    """**Raises** ConfigError that names the most similar column."""
    known = [str(one) for one in frame.columns]
    if name not in known:
        shown = listed(known[:50])
        raise ConfigError(key, f"no column {name!r}; there are {shown}{did_you_mean(name, known)}")
    return frame[name]


def _numeric(frame: pd.DataFrame, key: str, name: str) -> pd.Series[Any]:
    import numpy as np
    import pandas as pd

    found = column(frame, key, name)
    if not pd.api.types.is_numeric_dtype(found):
        is_list = isinstance(found.iloc[0], list | np.ndarray)
        advice = "; it holds lists, which are named by data.objects" if is_list else ""
        raise ConfigError(key, f"column {name!r} holds no numbers{advice}")
    return found
