"""Classified events, as the pictures want them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trainables import class_metrics

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trainables.sculpting import Cut

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Shown:
    """Events with the probability of each class.

    **Shapes** probabilities [N, C], labels [N] from 0, weights [N] of at least 0.
    """

    probabilities: Floats
    labels: Ints
    weights: Floats
    names: tuple[str, ...]
    """What the classes are called; of two classes the second is what is looked for."""
    variable: str = ""
    """What the background is looked at in, in `sculpted`."""
    sculpted: Cut | None = None
    """The background that passes a cut on the score, and that which does not."""

    @property
    def is_usable(self) -> bool:
        """Whether every probability is a number and more than one class counts."""
        counting = np.unique(self.labels[self.weights > 0])
        return len(counting) > 1 and bool(np.isfinite(self.probabilities).all())

    @property
    def looked_for(self) -> tuple[int, ...]:
        """The classes that are told from the rest: the second of two, or each of more."""
        return (1,) if len(self.names) == 2 else tuple(range(len(self.names)))

    def is_of(self, number: int) -> NDArray[np.bool_]:
        """Which events are of a class. **Shapes** [N]."""
        of_class: NDArray[np.bool_] = self.labels == number
        return of_class


def of_logits(logits: Floats, labels: Floats, weights: Floats, names: tuple[str, ...]) -> Shown:
    """Events with probabilities from their logits: logistic of two classes, softmax of more.

    **Shapes** logits [N] of two classes, or [N, C]; labels, weights [N].
    """
    events = class_metrics.classified(logits, labels, weights)
    return Shown(events.probabilities, events.labels, events.weights, names)
