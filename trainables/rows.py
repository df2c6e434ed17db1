"""A table in memory: its three parts, row by row, and the shape of what a network will see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from trainables.architectures.inputs import InputShape, ObjectShape, n_outputs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from trainables.scaler_names import ScalerName
    from trainables.scaling import Scaling

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Objects:
    """One kind of objects, padded with zeros to the same number of slots.

    **Shapes** values [N, M, K]; mask [N, M], True where an object is; momenta [N, M, 4] (pt, eta,
    phi, energy), or None where the data does not say them.
    """

    values: Floats
    mask: Bools
    momenta: Floats | None = None

    @property
    def n_slots(self) -> int:
        return int(self.values.shape[1])

    @property
    def n_features(self) -> int:
        return int(self.values.shape[2])

    def take(self, chosen: Ints) -> Objects:
        momenta = None if self.momenta is None else self.momenta[chosen]
        return Objects(self.values[chosen], self.mask[chosen], momenta)


@dataclass(frozen=True)
class Rows:
    """Part of a table.

    **Shapes** features [N, F], labels [N] (the number of the class), weights [N] or None,
    spectators [N, S].
    """

    features: Floats
    labels: Ints
    weights: Floats | None
    spectators: Floats
    objects: Mapping[str, Objects] = field(default_factory=dict)

    def take(self, chosen: Ints) -> Rows:
        return Rows(
            self.features[chosen],
            self.labels[chosen],
            None if self.weights is None else self.weights[chosen],
            self.spectators[chosen],
            {name: kind.take(chosen) for name, kind in self.objects.items()},
        )


@dataclass(frozen=True)
class Table:
    """A table in its three parts, with what scales it, fitted on the training part."""

    names: tuple[str, ...]
    """The features that a network sees, in the order of their columns."""
    classes: tuple[str, ...]
    """What the classes are called, in the order of their numbers; of two the second is signal."""
    spectators: tuple[str, ...]
    """Columns that are carried along, in their order in `Rows.spectators`."""
    train: Rows
    val: Rows
    test: Rows
    scaling: Scaling
    notes: tuple[str, ...] = ()
    """What its user should know."""

    def scaled(self, name: ScalerName) -> Table:
        """The same rows with another scaling."""
        from trainables import scaling

        return replace(self, scaling=scaling.fit(name, self.train))

    @property
    def shape(self) -> InputShape:
        """What a network for this table is built for."""
        kinds = tuple(
            ObjectShape(name, kind.n_slots, kind.n_features, kind.momenta is not None)
            for name, kind in self.train.objects.items()
        )
        return InputShape(len(self.names), kinds, n_outputs(len(self.classes)))
