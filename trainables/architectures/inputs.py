"""What a network is given: the numbers of an event and its objects, and how many of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from torch import Tensor


class Inputs(NamedTuple):
    """A batch of events, scaled; what stands in an empty slot means nothing.

    **Shapes** flat [B, F] with F from 0; by the name of a kind of objects: objects [B, M, K],
    masks [B, M] of bool, True where an object is; momenta [B, M, 4].
    **Units** momenta are pt, eta, phi, energy as the data has them, of the kinds that say them.
    """

    flat: Tensor
    objects: dict[str, Tensor]
    masks: dict[str, Tensor]
    momenta: dict[str, Tensor]


@dataclass(frozen=True)
class ObjectShape:
    """One kind of objects: slots M an event, features K, and whether its momenta are known."""

    name: str
    slots: int
    n_features: int
    has_momenta: bool = False


@dataclass(frozen=True)
class InputShape:
    """The sizes that a network is built for; all of them come from the data."""

    n_flat: int
    objects: tuple[ObjectShape, ...] = ()
    n_outputs: int = 1
    """1 logit for two classes, else one a class."""

    @property
    def n_padded(self) -> int:
        """Numbers in an event if each slot counts, empty ones too."""
        return self.n_flat + sum(kind.slots * kind.n_features for kind in self.objects)


def n_outputs(n_classes: int) -> int:
    """How many outputs tell so many classes apart."""
    return 1 if n_classes == 2 else n_classes
