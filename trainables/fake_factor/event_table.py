"""Loads the events of a fake factor: drawn or read, checked, cut and split once a process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from trainables import table_file
from trainables.contract import ConfigError
from trainables.fake_factor import event_columns
from trainables.fake_factor.data_config import FakesData
from trainables.fake_factor.event_checks import check_part
from trainables.fake_factor.events import Events
from trainables.fake_factor.toys import TOYS
from trainables.nearest import did_you_mean, listed

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class EventTable:
    """Events in their three parts, with what scales the features and the edges of closure."""

    names: tuple[str, ...]
    train: Events
    val: Events
    test: Events
    mean: Floats
    deviation: Floats
    edges: Mapping[str, Floats]
    """By variable, the inner edges of the bins; the outer bins are open."""
    notes: tuple[str, ...] = ()
    """What their user should know."""


_cache: dict[tuple[object, ...], EventTable] = {}
_CACHED = 2


def load(data: FakesData) -> EventTable:
    """The events of a config; drawn or read once a process while the file stays as it is.

    **Raises** ConfigError with the key that the trouble comes from.
    """
    key = (_origin(data), data.model_dump_json(exclude={"path", "batch_size"}))
    if key not in _cache:
        table = _load(data)
        while len(_cache) >= _CACHED:
            _cache.pop(next(iter(_cache)))
        _cache[key] = table
    return _cache[key]


def _origin(data: FakesData) -> tuple[object, ...]:
    if data.is_toy:
        return (data.path,)
    path = table_file.locate(data.path).resolve()
    state = path.stat()
    return path, state.st_mtime_ns, state.st_size


def _load(data: FakesData) -> EventTable:
    from trainables import table_notes

    frame, data = _frame(data)
    if frame.empty:
        raise ConfigError("data.path", f"{data.path} has no rows")
    names = event_columns.features(frame, data)
    whole = _cut(event_columns.events(frame, names, data), data)
    train, val, test = (whole.take(rows) for rows in _split(whole, data))
    for name, part in (("training", train), ("validation", val), ("test", test)):
        check_part(part, name, data)
    mean = train.features.mean(axis=0)
    spread = train.features.std(axis=0)
    notes = table_notes.of_features(names, train.features)
    return EventTable(
        names=tuple(names),
        train=train,
        val=val,
        test=test,
        mean=mean,
        deviation=np.where(np.ptp(train.features, axis=0) > 0, spread, 1.0),
        edges=_edges(train, data.closure_bins),
        notes=(*event_columns.notes(whole, data), *notes),
    )


def _frame(data: FakesData) -> tuple[pd.DataFrame, FakesData]:
    """The table, and the config with the truth that a toy brings along."""
    if not data.is_toy:
        return table_file.read(Path(table_file.locate(data.path)), data.table), data
    toy = TOYS.get(data.path)
    if toy is None:
        hint = did_you_mean(data.path, TOYS)
        raise ConfigError("data.path", f"no toy {data.path!r}; there is {listed(TOYS)}{hint}")
    frame = toy.draw(np.random.default_rng(data.generator_seed), data.n_events or toy.n_events)
    return frame, data.model_copy(update={"true_ff": "true_ff"})


def _cut(whole: Events, data: FakesData) -> Events:
    keep = np.ones(len(whole), dtype=bool)
    if data.pt_range is not None:
        low, high = data.pt_range
        pt = whole.variables["pt"]
        keep &= (pt >= low) & (pt < (np.inf if high is None else high))
    if data.crack_veto:
        eta = whole.variables["eta"]
        keep &= ~((eta >= 1.37) & (eta < 1.52))
    return whole.take(keep)


def _split(whole: Events, data: FakesData) -> list[NDArray[np.int64]]:
    """Row numbers of the three parts; data and MC, tight and loose are cut in the same shares."""
    if data.val_fraction + data.test_fraction >= 1:
        message = "val_fraction and test_fraction leave nothing to train on; lower one of them"
        raise ConfigError("data.val_fraction", message)
    random = np.random.default_rng(data.split_seed)
    parts: list[list[NDArray[np.int64]]] = [[], [], []]
    group = 2 * whole.is_data.astype(int) + whole.is_tight
    for number in np.unique(group):
        rows = random.permutation(np.flatnonzero(group == number))
        n_val, n_test = (
            round(len(rows) * share) for share in (data.val_fraction, data.test_fraction)
        )
        ends = [len(rows) - n_val - n_test, len(rows) - n_test]
        for part, chosen in zip(parts, np.split(rows, ends), strict=True):
            part.append(chosen)
    return [np.sort(np.concatenate(part)) for part in parts]


def _edges(train: Events, n_bins: int) -> dict[str, Floats]:
    """Quantiles of the loose training data, which are where a fake factor is applied."""
    loose = train.take(train.is_data & ~train.is_tight)
    shares = np.arange(1, n_bins) / n_bins
    return {
        name: np.unique(np.quantile(values, shares)) for name, values in loose.variables.items()
    }
