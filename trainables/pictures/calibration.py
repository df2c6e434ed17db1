"""Reliability: whether of the events that are given 70 % really 70 % are of the class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trainables.pictures.paper import color, draw_diagonal, sheet, tell
from trainables.pictures.shown import Shown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from trainables.pictures.shown import Floats

N_BINS = 10
CORNER = (0.04, 0.94)


def draw(events: Shown) -> Figure:
    """One curve for each class that is told from the rest; on the diagonal it is calibrated."""
    figure, axes = sheet("mean probability", "share of the class")
    draw_diagonal(axes)
    for line, number in enumerate(events.looked_for):
        shares, means = curve(events, number)
        axes.plot(means, shares, color=color(number), marker="o", markersize=3)
        tell(axes, line, events.names[number], color(number), CORNER)
    return figure


def curve(events: Shown, number: int) -> tuple[Floats, Floats]:
    """Share of a class and its mean probability in each bin of equal width that is not empty.

    As sklearn's `calibration_curve`, which knows no weights of events.
    """
    scores, edges = events.probabilities[:, number], np.linspace(0.0, 1.0, N_BINS + 1)
    of_class = events.weights * events.is_of(number)
    total, hits, sums = (
        np.histogram(scores, edges, weights=weights)[0]
        for weights in (events.weights, of_class, events.weights * scores)
    )
    filled = total > 0
    return hits[filled] / total[filled], sums[filled] / total[filled]
