"""Brings features to comparable size by what the training part looks like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trainables.scaler_names import ScalerName
from trainables.scalers import SCALERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trainables.rows import Objects, Rows

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scaling:
    """What the flat features and the features of objects are scaled by.

    Its state is plain arrays, so that a checkpoint can hold it: `mean` and `deviation` of the flat
    features for the standard scaler, `jets.mean` and so on for objects.
    """

    name: ScalerName
    state: Mapping[str, Floats]

    def flat(self, rows: Rows) -> Floats:
        """**Shapes** [N, F]."""
        return self._scaled(rows.features, "")

    def objects(self, kind: str, objects: Objects) -> Floats:
        """**Shapes** [N, M, K], 0 in empty slots."""
        scaled = np.zeros_like(objects.values)
        scaled[objects.mask] = self._scaled(objects.values[objects.mask], f"{kind}.")
        return scaled

    def _scaled(self, values: Floats, prefix: str) -> Floats:
        if not values.size:
            return values
        names = SCALERS[self.name].state
        return SCALERS[self.name].apply(values, {name: self.state[prefix + name] for name in names})


def fit(name: ScalerName, train: Rows) -> Scaling:
    """The scaling of a training part; of objects over those that are there."""
    state = _fitted(name, train.features, train.weights, "")
    for kind, objects in train.objects.items():
        weights = None
        if train.weights is not None:
            weights = np.broadcast_to(train.weights[:, None], objects.mask.shape)[objects.mask]
        state |= _fitted(name, objects.values[objects.mask], weights, f"{kind}.")
    return Scaling(name, state)


def _fitted(
    name: ScalerName, values: Floats, weights: Floats | None, prefix: str
) -> dict[str, Floats]:
    if not values.shape[1]:
        return {f"{prefix}{part}": np.zeros(0) for part in SCALERS[name].state}
    if weights is not None and not weights.any():
        weights = None
    return {f"{prefix}{part}": array for part, array in SCALERS[name].fit(values, weights).items()}
