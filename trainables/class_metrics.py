"""How well classes are told apart: what is defined for two of them and for more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trainables import metrics

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Classified:
    """Classified events. **Shapes** probabilities [N, C]; labels [N], from 0; weights [N]."""

    probabilities: Floats
    labels: Ints
    weights: Floats

    @property
    def usable(self) -> bool:
        """Whether every probability is a number and every class counts.

        A network that diverged gives none; a few batches may lack a class.
        """
        sums = np.bincount(self.labels, weights=self.weights, minlength=self.n_classes)
        return bool((sums > 0).all() and np.isfinite(self.probabilities).all())

    @property
    def n_classes(self) -> int:
        return int(self.probabilities.shape[1])


def classified(logits: Floats, labels: Floats, weights: Floats) -> Classified:
    """Events with probabilities from their logits, and weights of at least 0.

    **Shapes** logits [N] of two classes, or [N, C]; labels, weights [N].
    """
    from scipy.special import softmax

    columns = np.stack([np.zeros_like(logits), logits], axis=1) if logits.ndim == 1 else logits
    with np.errstate(invalid="ignore"):
        probabilities = softmax(columns, axis=1)
    return Classified(probabilities, labels.astype(np.int64), np.clip(weights, 0.0, None))


def summary(events: Classified) -> dict[str, float]:
    """Every metric by its name, all NaN if none is defined on the events."""
    area = auc(events) if events.usable else float("nan")
    return {"auc": area, **hits(events)}


def hits(events: Classified) -> dict[str, float]:
    """The metrics of the most probable class alone, all NaN as those of `summary`."""
    if not events.usable:
        return dict.fromkeys(("accuracy", "f1"), float("nan"))
    table = confusion(events)
    return {"accuracy": float(np.trace(table) / table.sum()), "f1": f1(table)}


def auc(events: Classified) -> float:
    """Area under the ROC curve of each class against the rest, the mean over the classes."""
    areas = [
        metrics.auc(
            metrics.Scored(
                events.probabilities[:, number],
                (events.labels == number).astype(np.float64),
                events.weights,
            )
        )
        for number in range(events.n_classes)
    ]
    return float(np.mean(areas))


def confusion(events: Classified) -> Floats:
    """Summed weights by true and by most probable class. **Shapes** [C, C]."""
    chosen = events.probabilities.argmax(axis=1)
    cells = events.labels * events.n_classes + chosen
    sums = np.bincount(cells, weights=events.weights, minlength=events.n_classes**2)
    table: Floats = sums.astype(np.float64).reshape(events.n_classes, events.n_classes)
    return table


def f1(table: Floats) -> float:
    """F1 = 2 TP / (2 TP + FP + FN) of each class, averaged by its weight. **Shapes** [C, C]."""
    true, of_class = np.diag(table), table.sum(axis=1)
    parts = of_class + table.sum(axis=0)
    scores = np.divide(2.0 * true, parts, out=np.zeros_like(parts), where=parts > 0)
    return float(np.average(scores, weights=of_class))
