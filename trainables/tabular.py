"""Rows of numbers with a signal or background label: checked, split and scaled once a process."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import Field

from trainables.contract import ConfigError, Frozen
from trainables.table_file import SHIPPED, locate, read

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


class TabularData(Frozen):
    """Which table is trained on, and how it is cut up."""

    path: str = f"{SHIPPED}magic_gamma_telescope"
    """A CSV, Parquet or HDF5 file, or `shipped:NAME`."""
    table: str | None = None
    """Where the table lies inside an HDF5 file; null for its root."""
    features: list[str] | None = None
    """Columns the network sees; null for every numeric one but label and weight."""
    label: str = "label"
    """Column that tells signal (1) from background (0)."""
    positive: str | int | float | bool | None = None
    """The label's value that means signal, where it is not 0 and 1."""
    weight: str | None = None
    """Column of event weights; negative ones count as 0, which is noted."""
    batch_size: int = Field(default=512, ge=8)
    """Most rows in a training batch; batches of an epoch are equal up to one row."""
    val_fraction: float = Field(default=0.2, gt=0, lt=1)
    """Share of the rows that trials are compared on."""
    test_fraction: float = Field(default=0.2, gt=0, lt=1)
    """Share of the rows that only finalists see."""
    split_seed: int = Field(default=0, ge=0)
    """Cuts all trials alike; it is not the trial's seed."""
    max_rows: int | None = Field(default=None, ge=30)
    """Use only so many rows, drawn with `split_seed`; null for all."""


_OTHER_ROWS = "it cuts out the validation rows, and trials are compared on the same ones only"
_OTHER_TABLE = "trials are compared on one table; search each alone and compare them by tune-table"
_OTHER_SIGNAL = "it decides which rows are signal, and trials must answer the same question"

DATA_NOT_SEARCHED = {
    "data.path": _OTHER_TABLE,
    "data.table": _OTHER_TABLE,
    "data.label": _OTHER_SIGNAL,
    "data.positive": _OTHER_SIGNAL,
    "data.weight": "it decides how much each validation row counts, which must be the same for all",
    "data.val_fraction": _OTHER_ROWS,
    "data.test_fraction": _OTHER_ROWS,
    "data.split_seed": _OTHER_ROWS,
    "data.max_rows": _OTHER_ROWS,
}
"""Keys of the data that every trial of a search must share, each with the reason."""


@dataclass(frozen=True)
class Rows:
    """Part of a table. **Shapes** features [N, F], labels [N], weights [N] or None."""

    features: Floats
    labels: Floats
    weights: Floats | None


@dataclass(frozen=True)
class Table:
    """A table in its three parts, with what scales it: mean and deviation of the training part."""

    names: tuple[str, ...]
    train: Rows
    val: Rows
    test: Rows
    mean: Floats
    deviation: Floats
    notes: tuple[str, ...] = ()
    """What its user should know."""


_cache: dict[tuple[object, ...], Table] = {}
_CACHED = 2


def load(data: TabularData) -> Table:
    """The table of a config; read once a process while the file stays as it is.

    **Raises** ConfigError with the key that the trouble comes from.
    """
    path = locate(data.path).resolve()
    state = path.stat()
    wanted = data.model_dump_json(exclude={"path", "batch_size"})
    key = (path, state.st_mtime_ns, state.st_size, wanted)
    if key not in _cache:
        table = _load(path, data)
        while len(_cache) >= _CACHED:
            _cache.pop(next(iter(_cache)))
        _cache[key] = table
    return _cache[key]


def _load(path: Path, data: TabularData) -> Table:
    import numpy as np

    from trainables import columns, table_notes

    frame = read(path, data.table)
    if frame.empty:
        raise ConfigError("data.path", f"{path} has no rows")
    labels = columns.labels(frame, data)
    names = columns.features(frame, data)
    signed = columns.weights(frame, data)
    weights = None if signed is None else np.clip(signed, 0.0, None)
    whole = Rows(columns.numbers(frame, names), labels, weights)
    train, val, test = (_take(whole, rows) for rows in _split(labels, data))
    for name, rows in (("training", train), ("validation", val), ("test", test)):
        _check_weights(rows, name, data)
    mean, deviation = _scale(train)
    notes = (
        *table_notes.of_weights(data.weight, signed),
        *table_notes.of_features(names, train.features),
    )
    return Table(tuple(names), train, val, test, mean, deviation, notes)


def _take(rows: Rows, chosen: NDArray[np.int64]) -> Rows:
    weights = None if rows.weights is None else rows.weights[chosen]
    return Rows(rows.features[chosen], rows.labels[chosen], weights)


def _check_weights(part: Rows, name: str, data: TabularData) -> None:
    """Refuse a part in which one class counts for nothing: no metric is defined on it."""
    if part.weights is None:
        return
    for label in (0.0, 1.0):
        if not part.weights[part.labels == label].any():
            message = (
                f"column {data.weight!r} leaves no weight to the rows of label {label:.0f} in the "
                f"{name} part; drop rows without weight, or try another data.split_seed"
            )
            raise ConfigError("data.weight", message)


def _split(labels: Floats, data: TabularData) -> tuple[NDArray[np.int64], ...]:
    """Row numbers of the training, validation and test part, each class cut in the same shares."""
    import numpy as np

    if data.val_fraction + data.test_fraction >= 1:
        message = "val_fraction and test_fraction leave nothing to train on; lower one of them"
        raise ConfigError("data.val_fraction", message)
    random = np.random.default_rng(data.split_seed)
    parts: list[list[NDArray[np.int64]]] = [[], [], []]
    kept = min(1.0, (data.max_rows or len(labels)) / len(labels))
    for label in (0.0, 1.0):
        rows = random.permutation(np.flatnonzero(labels == label))
        rows = rows[: round(len(rows) * kept)]
        n_val, n_test = (round(len(rows) * share) for share in _shares(data))
        if min(n_val, n_test, len(rows) - n_val - n_test) < 1:
            message = f"too few rows of label {label:.0f} ({len(rows)}) for three parts"
            raise ConfigError("data.path", message)
        for part, chosen in zip(
            parts, np.split(rows, [len(rows) - n_val - n_test, len(rows) - n_test]), strict=True
        ):
            part.append(chosen)
    train, val, test = (np.sort(np.concatenate(part)) for part in parts)
    # Where only some batches of them are looked at, these are a fair sample.
    return train, random.permutation(val), random.permutation(test)


def _shares(data: TabularData) -> tuple[float, float]:
    return data.val_fraction, data.test_fraction


def _scale(train: Rows) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each feature; 1 in place of the deviation of a constant."""
    import numpy as np

    mean = np.average(train.features, axis=0, weights=train.weights)
    variance = np.average((train.features - mean) ** 2, axis=0, weights=train.weights)
    deviation = np.sqrt(variance)
    # the mean of a constant can miss it by a rounding error, which is no deviation
    is_constant = train.features.max(axis=0) == train.features.min(axis=0)
    return mean, np.where(is_constant | (deviation == 0), 1.0, deviation)
