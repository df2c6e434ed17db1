"""Cuts rows into the training, validation and test part, each class in the same shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trainables.contract import ConfigError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trainables.class_labels import Labels
    from trainables.tabular import TabularData

    Ints = NDArray[np.int64]

PARTS = ("training", "validation", "test")


def split(labels: Labels, data: TabularData) -> tuple[Ints, Ints, Ints]:
    """Row numbers of the three parts. **Raises** ConfigError if there are too few rows for them."""
    import numpy as np

    if data.val_fraction + data.test_fraction >= 1:
        message = "val_fraction and test_fraction leave nothing to train on; lower one of them"
        raise ConfigError("data.val_fraction", message)
    random = np.random.default_rng(data.split_seed)
    parts: list[list[Ints]] = [[], [], []]
    kept = min(1.0, (data.max_rows or len(labels.index)) / len(labels.index))
    for number, name in enumerate(labels.names):
        rows = random.permutation(np.flatnonzero(labels.index == number))
        rows = rows[: round(len(rows) * kept)]
        n_val, n_test = (round(len(rows) * share) for share in _shares(data))
        if min(n_val, n_test, len(rows) - n_val - n_test) < 1:
            message = f"too few rows of label {name} ({len(rows)}) for three parts"
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
