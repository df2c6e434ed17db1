"""Makes a table in memory out of a file: checks it, cuts it into parts and fits its scaling."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from trainables import class_labels, columns, object_rows, scaling, table_notes
from trainables.class_labels import Labels
from trainables.contract import ConfigError
from trainables.rows import Objects, Rows, Table
from trainables.splitting import PARTS, split
from trainables.table_file import read

if TYPE_CHECKING:
    from trainables.tabular import TabularData


def build(path: Path, data: TabularData, spectators: Mapping[str, str]) -> Table:
    """**Raises** ConfigError with the key that the trouble comes from."""
    frame = read(path, data.table).reset_index(drop=True)
    if frame.empty:
        raise ConfigError("data.path", f"{path} has no rows")
    labels = class_labels.read(columns.column(frame, "data.label", data.label), data)
    n_all, frame = len(frame), frame.iloc[labels.rows]
    names = columns.features(frame, data, tuple(spectators))
    signed = columns.weights(frame, data, labels)
    kinds, cuts = _objects(frame, data)
    whole = Rows(
        features=columns.numbers(frame, names, "data.features"),
        labels=labels.index,
        weights=None if signed is None else np.clip(signed, 0.0, None),
        spectators=columns.spectators(frame, spectators),
        objects=kinds,
    )
    train, val, test = (whole.take(rows) for rows in split(labels, data))
    for name, part in zip(PARTS, (train, val, test), strict=True):
        _check_weights(part, name, data, labels)
    _check_objects(train)
    notes = (
        *table_notes.of_classes(labels.left_out, n_all - len(frame)),
        *table_notes.of_weights(data.weight, signed),
        *table_notes.of_spectators(columns.taken_out(frame, data, tuple(spectators)), spectators),
        *table_notes.of_features(names, train.features),
        *cuts,
    )
    fitted = scaling.fit(data.scaler, train)
    carried = tuple(spectators)
    return Table(tuple(names), labels.names, carried, train, val, test, fitted, notes)


def _objects(frame: pd.DataFrame, data: TabularData) -> tuple[dict[str, Objects], list[str]]:
    kinds: dict[str, Objects] = {}
    notes: list[str] = []
    for kind, given in data.objects.items():
        kinds[kind], more = object_rows.read(frame, kind, given)
        notes += more
    return kinds, notes


def _check_weights(part: Rows, name: str, data: TabularData, labels: Labels) -> None:
    """Refuse a part in which one class counts for nothing: no metric is defined on it."""
    if part.weights is None:
        return
    for number, label in enumerate(labels.names):
        if not part.weights[part.labels == number].any():
            message = (
                f"column {data.weight!r} leaves no weight to the rows of label {label} in the "
                f"{name} part; drop rows without weight, or try another data.split_seed"
            )
            raise ConfigError("data.weight", message)


def _check_objects(train: Rows) -> None:
    for kind, objects in train.objects.items():
        if not objects.mask.any():
            message = f"no event of the training part has any {kind}; leave the kind out"
            raise ConfigError(f"data.objects.{kind}.features", message)
