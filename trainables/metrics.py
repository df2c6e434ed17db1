"""What a search is judged by: numbers that do not change when the loss does.

Every function takes scores in which only the order counts, and clips negative event weights to 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

EFFICIENCIES = (30, 50, 70, 80)
"""Signal efficiencies, in percent, at which the background rejection is reported."""

N_THRESHOLDS = 200
"""Cuts that the significance is scanned over."""


@dataclass(frozen=True)
class Scored:
    """Scored events. **Shapes** scores, labels, weights [N]; label 1 is signal."""

    scores: Floats
    labels: Floats
    weights: Floats

    @property
    def usable(self) -> bool:
        """Whether every score is a number and both classes count.

        A network that diverged gives none; a few batches may hold one class alone.
        """
        counts = all(self.weights[self.labels == label].any() for label in (0, 1))
        return counts and bool(np.isfinite(self.scores).all())


def scored(scores: Floats, labels: Floats, weights: Floats | None = None) -> Scored:
    """Events with float64 scores and weights of at least 0 (1 where there are none)."""
    given = np.ones_like(scores, dtype=np.float64) if weights is None else weights
    return Scored(
        scores.astype(np.float64), labels.astype(np.float64), np.clip(given, 0.0, None, dtype=float)
    )


def summary(events: Scored, background_uncertainty: float = 0.0) -> dict[str, float]:
    """Every metric by its name, all NaN if no metric is defined on the events."""
    names = ["auc", *(f"rejection_{percent}" for percent in EFFICIENCIES), "significance"]
    if not events.usable:
        return dict.fromkeys(names, float("nan"))
    rejections = (rejection(events, percent / 100) for percent in EFFICIENCIES)
    values = [auc(events), *rejections, significance(events, background_uncertainty)]
    return dict(zip(names, values, strict=True))


def auc(events: Scored) -> float:
    """Weighted area under the ROC curve, from 0.5 (guessing) to 1."""
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(events.labels, events.scores, sample_weight=events.weights))


def rejection(events: Scored, efficiency: float) -> float:
    """1 / FPR at the tightest cut that keeps at least this share of the signal.

    A finite sample cannot show more than one background event in all of them: where none passes,
    the number of background events stands in.

    **Units** background events per background event that passes; larger is better.
    """
    false_share, _ = working_point(events, efficiency)
    n_background = int(((events.labels == 0) & (events.weights > 0)).sum())
    return float(1.0 / max(false_share, 1.0 / n_background))


def working_point(events: Scored, efficiency: float) -> tuple[float, float]:
    """FPR and score of the tightest cut that keeps at least this share of the signal."""
    from sklearn.metrics import roc_curve

    false, true, scores = roc_curve(
        events.labels, events.scores, sample_weight=events.weights, drop_intermediate=False
    )
    # Sums of weights end a rounding error below 1, so that 0.8 must not miss 0.7999999999.
    passing = min(int(np.searchsorted(true, efficiency - 1e-9)), len(false) - 1)
    return float(false[passing]), float(scores[passing])


def significance(events: Scored, background_uncertainty: float = 0.0) -> float:
    """The largest median discovery significance over the cuts.

    The 200 cuts keep equal steps of signal, so that stretching the scores changes nothing.

    **Units** standard deviations; `background_uncertainty` is relative to the background.
    """
    signal, background = (_passing(events, label) for label in (1, 0))
    return float(asimov(signal, background, background_uncertainty).max())


def asimov(signal: Floats, background: Floats, background_uncertainty: float = 0.0) -> Floats:
    """Median significance of s expected signal over b expected background events; 0 if b <= 0.

    **Shapes** [N], [N] -> [N].
    **Source** Cowan et al., arXiv:1007.1727, eq. 97; with a background uncertainty: Cowan,
    "Discovery sensitivity for a counting experiment with background uncertainty" (2012), eq. 20.
    """
    s, b = np.clip(signal, 0.0, None), np.clip(background, 0.0, None)
    safe = np.where(b > 0, b, 1.0)
    variance = (background_uncertainty * safe) ** 2
    if background_uncertainty > 0:
        total = s + safe
        spread = safe**2 + total * variance
        first = total * np.log(total * (safe + variance) / spread)
        second = safe**2 / variance * np.log1p(variance * s / (safe * (safe + variance)))
        half = first - second
    else:
        half = (s + safe) * np.log1p(s / safe) - s
    values: Floats = np.where(b > 0, np.sqrt(2.0 * np.clip(half, 0.0, None)), 0.0)
    return values


def _passing(events: Scored, label: int) -> Floats:
    """Summed weights of one class above each of the cuts."""
    of_class = events.labels == label
    scores, weights = events.scores[of_class], events.weights[of_class]
    order = np.argsort(scores)
    above = np.concatenate([[0.0], np.cumsum(weights[order][::-1])])[::-1]
    return above[np.searchsorted(scores[order], _cuts(events), side="left")]


def _cuts(events: Scored) -> Floats:
    signal = events.scores[events.labels == 1]
    shares = np.linspace(0.0, 1.0, N_THRESHOLDS, endpoint=False)
    cuts: Floats = np.quantile(signal, shares, method="lower")
    return cuts
