"""Which class is taken for which."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from trainables.pictures.paper import sheet
from trainables.pictures.shown import Shown

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

MOST_NUMBERS = 12
"""Of more classes than this the cells are too small for numbers."""


def draw(events: Shown) -> Figure:
    """Shares of each true class: of two at the best threshold, of more by the most probable."""
    shares, how = table(events)
    n_classes = len(events.names)
    middles = (np.arange(n_classes) + 0.5) / n_classes
    marks = list(zip(middles, events.names, strict=True))
    turned = [(1 - place, name) for place, name in marks]
    figure, axes = sheet("taken for", "true class", marks, turned, turned=True)
    edges = np.linspace(0.0, 1.0, n_classes + 1)
    axes.pcolormesh(edges, 1 - edges, shares, vmin=0.0, vmax=1.0, cmap="Blues")
    for row, column in np.ndindex(*shares.shape) if n_classes <= MOST_NUMBERS else ():
        share = shares[row, column]
        ink = "white" if share > 0.5 else "black"
        place = float(middles[column]), float(1 - middles[row])
        axes.text(*place, f"{share:.3f}", ha="center", va="center", color=ink)
    axes.text(0.5, 1.02, how, ha="center", va="bottom")
    return figure


def table(events: Shown) -> tuple[NDArray[np.float64], str]:
    """Shares of each true class that are taken for each, and how it was decided."""
    from sklearn.metrics import confusion_matrix

    if len(events.names) == 2:
        threshold = best_threshold(events)
        taken = (events.probabilities[:, 1] >= threshold).astype(np.int64)
        how = f"P({events.names[1]}) of at least {threshold:.3f}"
    else:
        taken, how = events.probabilities.argmax(axis=1), "most probable class"
    shares: NDArray[np.float64] = confusion_matrix(
        events.labels,
        taken,
        labels=range(len(events.names)),
        sample_weight=events.weights,
        normalize="true",
    )
    return shares, how


def best_threshold(events: Shown) -> float:
    """The probability of the second class at which true minus false positive rate is largest.

    **Source** Youden, "Index for rating diagnostic tests", Cancer 3 (1950) 32.
    """
    from sklearn.metrics import roc_curve

    false, true, thresholds = roc_curve(
        events.is_of(1), events.probabilities[:, 1], sample_weight=events.weights
    )
    # the first of them is infinite, above every event
    return float(thresholds[1 + int(np.argmax((true - false)[1:]))])
