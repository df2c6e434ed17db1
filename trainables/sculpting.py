"""How far a cut on the score changes the shape of the background in a variable.

A search may be judged by these numbers: they depend on the order of the scores alone, and on no
option of the loss.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trainables import metrics
from trainables.components.disco_config import COMPARED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trainables.metrics import Scored
    from trainables.rows import Table
    from trainables.sculpting_config import Sculpting

    Floats = NDArray[np.float64]

_LEAST_JSD = 1e-6
"""What an inverse is cut off at."""


@dataclass(frozen=True)
class View:
    """Where the variable is found, and how the background is cut and binned in it."""

    column: int
    """Its place among the spectators."""
    edges: Floats
    efficiency: float


@dataclass(frozen=True)
class Cut:
    """The background in bins. **Shapes** edges [K + 1]; passing, failing [K] summed weights."""

    edges: Floats
    passing: Floats
    failing: Floats


def view(section: Sculpting, table: Table) -> View:
    """The bins for a table that carries the variable along."""
    column = table.spectators.index(section.variable)
    values = table.train.spectators[table.train.labels == 0, column]
    low, high = section.range or (float(values.min()), float(values.max()))
    if not low < high:
        high = low + 1.0
    return View(column, np.linspace(low, high, section.bins + 1), section.efficiency)


def summary(events: Scored, spectators: Floats, seen: View) -> dict[str, float]:
    """Every metric by its name, all NaN if a score is not finite. **Shapes** spectators [N, S]."""
    if not events.usable:
        return dict.fromkeys(("jsd", "inverse_jsd", "dcor"), float("nan"))
    values = spectators[:, seen.column]
    divergence = jsd(cut(events, values, seen))
    return {
        "jsd": divergence,
        "inverse_jsd": 1.0 / max(divergence, _LEAST_JSD),
        "dcor": dcor(events, values),
    }


def cut(events: Scored, values: Floats, seen: View) -> Cut:
    """The background that passes the cut and that which does not. **Shapes** values [N]."""
    background = events.labels == 0
    inside = np.clip(values[background], seen.edges[0], seen.edges[-1])
    weights = events.weights[background]
    _, threshold = metrics.working_point(events, seen.efficiency)
    passes = events.scores[background] >= threshold
    passing, failing = (
        np.histogram(inside[side], seen.edges, weights=weights[side])[0]
        for side in (passes, ~passes)
    )
    return Cut(seen.edges, passing, failing)


def jsd(sides: Cut) -> float:
    """Jensen-Shannon divergence of the two shapes, from 0 (alike) to 1 (nothing in common).

    A side without events shows no shape, which counts as 1.

    **Units** bits.
    """
    from scipy.special import rel_entr

    if not (sides.passing.any() and sides.failing.any()):
        return 1.0
    p, q = (side / side.sum() for side in (sides.passing, sides.failing))
    middle = (p + q) / 2.0
    nats = (rel_entr(p, middle).sum() + rel_entr(q, middle).sum()) / 2.0
    return float(np.clip(nats / np.log(2.0), 0.0, 1.0))


def dcor(events: Scored, values: Floats) -> float:
    """Squared distance correlation of the score's rank with the variable, on the background.

    Of the unbiased form, so that 0 is the average for a score that knows nothing of the variable.
    """
    import torch
    from scipy.stats import rankdata

    from trainables.components.distance_correlation import distance_correlation

    rows = np.flatnonzero(events.labels == 0)
    if len(rows) > COMPARED:
        rows = np.random.default_rng(0).choice(rows, COMPARED, replace=False)
    parts = (rankdata(events.scores[rows]), values[rows], events.weights[rows])
    ranks, variable, weights = (torch.from_numpy(part).float() for part in parts)
    return float(distance_correlation(ranks, variable, weights, form="unbiased"))
