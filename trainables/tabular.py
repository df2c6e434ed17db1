"""Rows of numbers with a label: checked, split and scaled once a process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field, field_validator, model_validator

from trainables.contract import ConfigError, Frozen
from trainables.splitting import PARTS
from trainables.table_file import SHIPPED, locate, read

if TYPE_CHECKING:
    from trainables.rows import Rows, Table


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
    classes: list[str | int | float | bool] | None = Field(default=None, min_length=2)
    """Values of the label in the order of the classes, of two the second is signal; rows of other
    values are left out. Null: two classes, all rows."""
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

    @field_validator("classes")
    @classmethod
    def _each_once(cls, given: list[Any] | None) -> list[Any] | None:
        if given is not None and len(set(given)) < len(given):
            raise ValueError(f"{given} names a class twice")
        return given

    @model_validator(mode="after")
    def _one_word_on_signal(self) -> TabularData:
        if self.classes is not None and self.positive is not None:
            raise ValueError(
                "data.positive has no effect beside data.classes, whose second of two is signal; "
                "leave one of them out"
            )
        return self


_OTHER_ROWS = "it cuts out the validation rows, and trials are compared on the same ones only"
_OTHER_TABLE = "trials are compared on one table; search each alone and compare them by tune-table"
_OTHER_SIGNAL = "it decides which rows are signal, and trials must answer the same question"

DATA_NOT_SEARCHED = {
    "data.path": _OTHER_TABLE,
    "data.table": _OTHER_TABLE,
    "data.label": _OTHER_SIGNAL,
    "data.positive": _OTHER_SIGNAL,
    "data.classes": _OTHER_SIGNAL,
    "data.weight": "it decides how much each validation row counts, which must be the same for all",
    "data.val_fraction": _OTHER_ROWS,
    "data.test_fraction": _OTHER_ROWS,
    "data.split_seed": _OTHER_ROWS,
    "data.max_rows": _OTHER_ROWS,
}
"""Keys of the data that every trial of a search must share, each with the reason."""


_cache: dict[tuple[object, ...], Table] = {}
_CACHED = 2


def load(
    data: TabularData, spectators: tuple[str, ...] = (), spectators_key: str = "disco.variables"
) -> Table:
    """The table of a config; read once a process while the file stays as it is.

    `spectators` are columns that come along by name, without scaling, for whoever looks at them;
    a network sees one only if `data.features` lists it. `spectators_key` is the key of the config
    that names them, for errors.

    **Raises** ConfigError with the key that the trouble comes from.
    """
    path = locate(data.path).resolve()
    state = path.stat()
    wanted = data.model_dump_json(exclude={"path", "batch_size"})
    key = (path, state.st_mtime_ns, state.st_size, wanted, spectators)
    if key not in _cache:
        table = _load(path, data, spectators, spectators_key)
        while len(_cache) >= _CACHED:
            _cache.pop(next(iter(_cache)))
        _cache[key] = table
    return _cache[key]


def _load(path: Path, data: TabularData, spectators: tuple[str, ...], asked: str) -> Table:
    import numpy as np

    from trainables import class_labels, columns, scaling, table_notes
    from trainables.rows import Rows, Table
    from trainables.splitting import split

    frame = read(path, data.table)
    if frame.empty:
        raise ConfigError("data.path", f"{path} has no rows")
    labels = class_labels.read(columns.column(frame, "data.label", data.label), data)
    n_all, frame = len(frame), frame.iloc[labels.rows]
    names = columns.features(frame, data, spectators)
    signed = columns.weights(frame, data, labels)
    whole = Rows(
        features=columns.numbers(frame, names, "data.features"),
        labels=labels.index,
        weights=None if signed is None else np.clip(signed, 0.0, None),
        spectators=columns.spectators(frame, spectators, asked),
    )
    train, val, test = (whole.take(rows) for rows in split(labels, data))
    for name, rows in zip(PARTS, (train, val, test), strict=True):
        _check_weights(rows, name, data, labels.names)
    notes = (
        *table_notes.of_classes(labels.left_out, n_all - len(frame)),
        *table_notes.of_weights(data.weight, signed),
        *table_notes.of_features(names, train.features),
    )
    fitted = scaling.fit(train)
    return Table(tuple(names), labels.names, spectators, train, val, test, fitted, notes)


def _check_weights(part: Rows, name: str, data: TabularData, classes: tuple[str, ...]) -> None:
    """Refuse a part in which one class counts for nothing: no metric is defined on it."""
    if part.weights is None:
        return
    for number, label in enumerate(classes):
        if not part.weights[part.labels == number].any():
            message = (
                f"column {data.weight!r} leaves no weight to the rows of label {label} in the "
                f"{name} part; drop rows without weight, or try another data.split_seed"
            )
            raise ConfigError("data.weight", message)
