"""Receiver operating characteristic: what is kept of a class against what is let through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trainables.pictures.paper import color, draw_diagonal, sheet, tell, thinned
from trainables.pictures.shown import Shown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CORNER = (0.96, 0.06)


def draw(events: Shown) -> Figure:
    """One curve for each class that is told from the rest, with its area."""
    from sklearn.metrics import auc, roc_curve

    figure, axes = sheet("false positive rate", "true positive rate")
    draw_diagonal(axes)
    for line, number in enumerate(events.looked_for):
        scores, is_of = events.probabilities[:, number], events.is_of(number)
        false, true, _ = roc_curve(is_of, scores, sample_weight=events.weights)
        axes.plot(*thinned(false, true), color=color(number))
        area = f"{events.names[number]}: area {auc(false, true):.4f}"
        tell(axes, line, area, color(number), CORNER)
    return figure
