"""Brings features to comparable size by what the training part looks like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trainables.rows import Objects, Rows

    Floats = NDArray[np.float64]

MEAN, DEVIATION = "mean", "deviation"


@dataclass(frozen=True)
class Scaling:
    """What features and the features of objects are scaled by.

    Its state is plain arrays, `mean` and `deviation` of the flat features and `jets.mean` and so on
    of the objects, so that a checkpoint can hold it.
    """

    state: Mapping[str, Floats]

    def flat(self, rows: Rows) -> Floats:
        """**Shapes** [N, F]."""
        scaled: Floats = (rows.features - self.state[MEAN]) / self.state[DEVIATION]
        return scaled

    def objects(self, name: str, objects: Objects) -> Floats:
        """**Shapes** [N, M, K], 0 in empty slots."""
        import numpy as np

        mean, deviation = self.state[f"{name}.{MEAN}"], self.state[f"{name}.{DEVIATION}"]
        scaled: Floats = (objects.values - mean) / deviation
        return np.where(objects.mask[:, :, None], scaled, 0.0)


def fit(train: Rows) -> Scaling:
    """Scaling by mean and deviation; of objects over those that are there."""
    import numpy as np

    state = _moments(train.features, train.weights, "")
    for name, kind in train.objects.items():
        weights = None
        if train.weights is not None:
            weights = np.broadcast_to(train.weights[:, None], kind.mask.shape)[kind.mask]
        state |= _moments(kind.values[kind.mask], weights, f"{name}.")
    return Scaling(state)


def _moments(values: Floats, weights: Floats | None, prefix: str) -> dict[str, Floats]:
    """Mean and standard deviation of each column; 1 in place of the deviation of a constant."""
    import numpy as np

    mean = np.average(values, axis=0, weights=weights)
    variance = np.average((values - mean) ** 2, axis=0, weights=weights)
    deviation = np.sqrt(variance)
    # the mean of a constant can miss it by a rounding error, which is no deviation
    is_constant = values.max(axis=0) == values.min(axis=0)
    safe = np.where(is_constant | (deviation == 0), 1.0, deviation)
    return {f"{prefix}{MEAN}": mean, f"{prefix}{DEVIATION}": safe}
