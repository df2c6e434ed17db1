"""Reads the objects of events out of list columns, and says what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from trainables import columns
from trainables.contract import ConfigError
from trainables.rows import Objects

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from trainables.object_columns import ObjectColumns

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


def read(frame: pd.DataFrame, kind: str, given: ObjectColumns) -> tuple[Objects, tuple[str, ...]]:
    """One kind of objects, padded to its slots, and what its user should know.

    **Raises** ConfigError with the key that the trouble comes from.
    """
    key = f"data.objects.{kind}"
    named = {name: f"{key}.features" for name in given.features}
    named |= {name: f"{key}.{part}" for part, name in _momentum(given) if name not in named}
    padded = {name: _padded(frame, where, name) for name, where in named.items()}
    counts = _counts(padded, named, frame.index)
    if not counts.any():
        raise ConfigError(f"{key}.features", f"no event has any {kind}; leave the kind out")
    n_slots = given.slots or int(counts.max())
    mask = np.arange(n_slots) < counts[:, None]
    momenta = _stacked(padded, given.momentum, mask) if given.momentum else None
    objects = Objects(_stacked(padded, given.features, mask), mask, momenta)
    n_cut = int((counts > n_slots).sum())
    note = (
        f"{key}.slots: {n_cut} of {len(counts)} events have more than {n_slots} {kind}, of which "
        f"the first {n_slots} are kept"
    )
    return objects, (note,) if n_cut else ()


def _momentum(given: ObjectColumns) -> list[tuple[str, str]]:
    from trainables.object_columns import MOMENTUM

    return list(zip(MOMENTUM, given.momentum, strict=False))


def _padded(frame: pd.DataFrame, key: str, name: str) -> Floats:
    """The lists of a column side by side, NaN where a list has ended. **Shapes** [N, longest]."""
    cells = columns.column(frame, key, name).to_numpy()
    strange = [row for row, cell in enumerate(cells) if not isinstance(cell, list | np.ndarray)]
    if strange:
        found = cells[strange[0]]
        advice = "; write [] for an event without any" if found is None else ""
        message = (
            f"column {name!r} holds no list in {len(strange)} rows, but {found} in row "
            f"{frame.index[strange[0]]}{advice}; Parquet and HDF5 can hold lists"
        )
        raise ConfigError(key, message)
    lengths = np.fromiter(map(len, cells), dtype=np.int64, count=len(cells))
    whole = np.full((len(cells), max(1, int(lengths.max()))), np.nan)
    whole[np.arange(whole.shape[1]) < lengths[:, None]] = _numbers(cells, key, name)
    return whole


def _numbers(cells: NDArray[Any], key: str, name: str) -> Floats:
    try:
        return np.concatenate([*cells, []]).astype(np.float64)
    except (TypeError, ValueError) as error:
        message = f"column {name!r} holds lists of something else than numbers ({error})"
        raise ConfigError(key, message) from error


def _counts(padded: dict[str, Floats], keys: Mapping[str, str], rows: pd.Index[Any]) -> Ints:
    """Objects of each event; NaN at the end is padding, elsewhere a fault. **Shapes** [N].

    `keys` names columns in the config, `rows` events in the file.
    """
    found: dict[str, Ints] = {}
    for name, values in padded.items():
        given = ~np.isnan(values)
        last = values.shape[1] - np.argmax(given[:, ::-1], axis=1)
        found[name] = np.where(given.any(axis=1), last, 0)
        inside = np.arange(values.shape[1]) < found[name][:, None]
        bad = (inside & ~np.isfinite(values)).any(axis=1)
        if bad.any():
            message = (
                f"column {name!r} is not a finite number within the lists of {int(bad.sum())} "
                f"rows, the first of them row {rows[int(bad.argmax())]}; fill them, or leave these "
                "objects out of all columns"
            )
            raise ConfigError(keys[name], message)
    first, *others = found
    for name in others:
        differs = found[name] != found[first]
        if differs.any():
            row = int(differs.argmax())
            message = (
                f"{int(differs.sum())} rows have lists of different lengths: row {rows[row]} has "
                f"{found[first][row]} {first} but {found[name][row]} {name}; every column of a "
                "kind describes the same objects"
            )
            raise ConfigError(keys[name], message)
    return found[first]


def _stacked(padded: dict[str, Floats], names: list[str], mask: NDArray[np.bool_]) -> Floats:
    """**Shapes** [N, M, K], 0 in empty slots."""
    stacked = np.zeros((*mask.shape, len(names)))
    for number, name in enumerate(names):
        width = min(padded[name].shape[1], mask.shape[1])
        stacked[:, :width, number] = padded[name][:, :width]
    stacked[~mask] = 0.0
    return stacked
