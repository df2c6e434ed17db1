"""Takes flags, weights, variables and truth out of a data frame; says what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from trainables import columns
from trainables.contract import ConfigError
from trainables.fake_factor.data_config import VARIABLES, FakesData
from trainables.fake_factor.events import Events
from trainables.nearest import did_you_mean, listed

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]


def features(frame: pd.DataFrame, data: FakesData) -> list[str]:
    """The names of the columns that the networks see."""
    import pandas as pd

    taken = {data.tight, data.is_data, data.weight, data.true_ff}
    if data.features is None:
        numeric = frame.select_dtypes(include=["number", "bool"]).columns
        chosen = [str(name) for name in numeric if name not in taken]
    else:
        chosen = list(data.features)
    if not chosen:
        raise ConfigError("data.features", "there is no numeric column beside flags and weight")
    for name in chosen:
        column = _column(frame, "features", name)
        if name in taken:
            raise ConfigError("data.features", f"{name!r} is a flag, the weight or the truth")
        if not pd.api.types.is_numeric_dtype(column):
            raise ConfigError("data.features", f"column {name!r} holds no numbers")
    if len(set(chosen)) < len(chosen):
        raise ConfigError("data.features", "a column is named twice")
    return chosen


def events(frame: pd.DataFrame, names: list[str], data: FakesData) -> Events:
    """Everything that is known of the events. **Raises** ConfigError with the key of a column."""
    everything = np.ones(len(frame), dtype=bool)
    values = {key: getattr(data, key) for key in VARIABLES}
    read = {key: _numbers(frame, key, name) for key, name in values.items() if name is not None}
    if "eta" in read:
        read["eta"] = np.abs(read["eta"])
    return Events(
        features=columns.numbers(frame, names, "data.features"),
        is_tight=_flag(frame, "tight", data.tight),
        is_data=everything if data.is_data is None else _flag(frame, "is_data", data.is_data),
        weights=np.ones(len(frame))
        if data.weight is None
        else _numbers(frame, "weight", data.weight),
        variables=read,
        true_ff=None if data.true_ff is None else _truth(frame, data.true_ff),
    )


def notes(whole: Events, data: FakesData) -> Iterator[str]:
    """What is odd in the events but no mistake."""
    if data.is_data is None:
        yield "data.is_data is null: nothing is subtracted, and only the ratio network is trained"
    n_negative = int((whole.weights < 0).sum())
    if n_negative:
        yield (
            f"data.weight: column {data.weight!r} is negative in {n_negative} of {len(whole)} "
            "rows, which count with their sign in training and in closure"
        )
    missing = [key for key in VARIABLES if getattr(data, key) is None]
    if missing:
        names = ", ".join(f"val_closure_{key}" for key in missing)
        yield f"no column is named for data.{', data.'.join(missing)}, so there is no {names}"


def _column(frame: pd.DataFrame, key: str, name: str) -> pd.Series[Any]:
    known = [str(column) for column in frame.columns]
    if name not in known:
        shown = listed(known[:50])
        raise ConfigError(
            f"data.{key}", f"no column {name!r}; there are {shown}{did_you_mean(name, known)}"
        )
    return frame[name]


def _flag(frame: pd.DataFrame, key: str, name: str) -> Flags:
    values = _numbers(frame, key, name)
    odd = sorted(set(values.tolist()) - {0.0, 1.0})
    if odd:
        message = f"column {name!r} holds {odd[0]:g}, and must hold 0 and 1 (or false and true)"
        raise ConfigError(f"data.{key}", message)
    is_one: Flags = values == 1.0
    return is_one


def _numbers(frame: pd.DataFrame, key: str, name: str) -> Floats:
    import pandas as pd

    column = _column(frame, key, name)
    if not pd.api.types.is_numeric_dtype(column):
        raise ConfigError(f"data.{key}", f"column {name!r} holds no numbers")
    values = column.to_numpy(dtype=float, na_value=np.nan)
    n_bad = int((~np.isfinite(values)).sum())
    if n_bad:
        message = f"column {name!r} is not finite in {n_bad} rows; fill or drop them"
        raise ConfigError(f"data.{key}", message)
    return values


def _truth(frame: pd.DataFrame, name: str) -> Floats:
    values: Floats = _column(frame, "true_ff", name).to_numpy(dtype=float, na_value=np.nan)
    if (values <= 0).any() or np.isinf(values).any():
        message = f"column {name!r} must be positive where it is not empty, and finite"
        raise ConfigError("data.true_ff", message)
    return values
