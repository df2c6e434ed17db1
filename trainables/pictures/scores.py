"""How the probability that the network gives is distributed, class by class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trainables.pictures.paper import color, sheet, tell
from trainables.pictures.shown import Shown

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from trainables.pictures.shown import Floats

N_BINS = 40
EDGES = np.linspace(0.0, 1.0, N_BINS + 1)
CORNER = (0.96, 0.94)
ROOM = 1.25
"""How far the axis goes beyond the largest density, for the texts."""


def draw(events: Shown) -> Figure:
    """Of two classes the probability of the second; of more that of each, the rest dashed."""
    several = len(events.looked_for) > 1
    own = {
        number: density(events, number if several else 1, events.is_of(number))
        for number in range(len(events.names))
    }
    rest = {number: density(events, number, ~events.is_of(number)) for number in own if several}
    top = ROOM * max(float(heights.max()) for heights in (*own.values(), *rest.values()))
    marks = (0.0, "0"), (1 / ROOM, f"{top / ROOM:.2g}")
    figure, axes = sheet(f"P({'class' if several else events.names[1]})", "density", y_marks=marks)
    axes.set_ylim(0, top)
    for number, heights in rest.items():
        axes.stairs(heights, EDGES, linestyle="--", color=color(number))
    for number, heights in own.items():
        axes.stairs(heights, EDGES, color=color(number))
        tell(axes, number, events.names[number], color(number), CORNER)
    return figure


def density(events: Shown, number: int, chosen: NDArray[np.bool_]) -> Floats:
    """Histogram of the probability of a class for some events, of area 1; 0 if none of them counts.

    **Shapes** chosen [N] -> [N_BINS].
    """
    weights = events.weights[chosen]
    if not weights.any():
        return np.zeros(N_BINS)
    scores = events.probabilities[chosen, number]
    heights, _ = np.histogram(scores, EDGES, weights=weights, density=True)
    return heights
