"""What a chain is judged by: does it predict the tight fakes that data minus MC shows.

No error of the comparison depends on the network. If the error of a prediction were its own sum of
squares, a prediction that hangs on a few huge weights would be forgiven everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trainables.fake_factor.events import Events

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

_LARGEST = 50.0
"""Logarithm of the largest fake factor: one that explodes closes badly, but by a finite number."""

_MOST = 1e30
"""The largest metric: Lightning keeps them in single precision, where more would be infinite."""


@dataclass(frozen=True)
class Estimate:
    """What a chain says of events. **Shapes** all [N]."""

    log_ff: Floats
    """Logarithm of the fake factor."""
    fake_weights: Floats
    """What each event that carries fakes counts as one; 0 for the others."""
    negative: float
    """Share of the carriers whose weight was negative before it was bounded."""

    @property
    def usable(self) -> bool:
        """Whether everything is a number; a network that diverged gives none."""
        return bool(np.isfinite(self.log_ff).all() and np.isfinite(self.fake_weights).all())


@dataclass(frozen=True)
class Binned:
    """Observed fakes of a region in bins of one variable. **Shapes** all [bins]."""

    bins: NDArray[np.int64]
    """[N], the bin of each event."""
    observed: Floats
    variance: Floats

    def sums(self, weights: Floats, chosen: Flags) -> Floats:
        """Sums of weights in the bins."""
        return _sums(self.bins[chosen], weights[chosen], len(self.observed))


def summary(
    events: Events, edges: Mapping[str, Floats], estimate: Estimate, has_mc: bool
) -> dict[str, float]:
    """Every metric that these events allow, by its name; all NaN if the chain diverged."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        values = {
            **_closures(events, edges, estimate),
            **(_subtractions(events, edges, estimate) if has_mc else {}),
            **_spread(events, estimate),
            **_truth(events, estimate.log_ff),
        }
    if not estimate.usable:
        return dict.fromkeys(values, float("nan"))
    return {name: min(value, _MOST) for name, value in values.items()}


def _closures(events: Events, edges: Mapping[str, Floats], estimate: Estimate) -> dict[str, float]:
    weights = _prediction(events, estimate)
    predicted = {name: ~events.is_tight for name in edges}
    binned = {name: bin_tight(events, name, inner) for name, inner in edges.items()}
    chi2, found = {}, {}
    for name, tight in binned.items():
        sums = tight.sums(weights, predicted[name])
        chi2[name] = (sums - tight.observed) ** 2 / tight.variance
        found[f"closure_{name}"] = float(chi2[name].mean())
        away = np.abs(sums - tight.observed).sum() / abs(tight.observed.sum())
        found[f"yield_ratio_{name}"] = float(1.0 + away)
    total, observed = weights[~events.is_tight].sum(), next(iter(binned.values())).observed.sum()
    ratio = total / observed
    return {
        "closure": float(np.concatenate(list(chi2.values())).mean()),
        "yield_ratio": float(max(ratio, 1.0 / ratio)) if ratio > 0 else float("inf"),
        **found,
    }


def bin_tight(events: Events, name: str, inner: Floats) -> Binned:
    """Tight data minus tight MC in bins, with the error that a perfect prediction would leave.

    That is the error of this difference, and that of the loose yield scaled to it.
    """
    tight, loose = (_observe(events, region, name, inner) for region in (True, False))
    scale = np.where(loose.observed > 0, tight.observed / _safe(loose.observed), 0.0)
    variance = tight.variance + scale**2 * loose.variance
    return Binned(tight.bins, tight.observed, np.where(variance > 0, variance, 1.0))


def _observe(events: Events, is_tight: bool, name: str, inner: Floats) -> Binned:
    """Data minus MC of a region in bins, with its Poisson variance."""
    bins = np.searchsorted(inner, events.variables[name], side="right")
    here = events.is_tight == is_tight
    signed = np.where(events.is_data, events.weights, -events.weights)
    observed, variance = (
        _sums(bins[here], values[here], len(inner) + 1) for values in (signed, events.weights**2)
    )
    return Binned(bins, observed, variance)


def _sums(bins: NDArray[np.int64], weights: Floats, n_bins: int) -> Floats:
    return np.bincount(bins, weights, minlength=n_bins).astype(np.float64)


def _prediction(events: Events, estimate: Estimate) -> Floats:
    """What each loose event adds to the predicted tight fakes."""
    factor = np.exp(np.minimum(estimate.log_ff, _LARGEST))
    value: Floats = factor * estimate.fake_weights * events.weights
    return value


def _subtractions(
    events: Events, edges: Mapping[str, Floats], estimate: Estimate
) -> dict[str, float]:
    """Chi2 per bin of fakes by weights against data minus MC, region by region."""
    weights = estimate.fake_weights * events.weights
    found = {}
    for region, is_tight in (("tight", True), ("loose", False)):
        chi2 = []
        for name, inner in edges.items():
            binned = _observe(events, is_tight, name, inner)
            sums = binned.sums(weights, events.is_tight == is_tight)
            chi2.append((sums - binned.observed) ** 2 / _safe(binned.variance))
        found[f"subtraction_{region}"] = float(np.concatenate(chi2).mean())
    return found


def _spread(events: Events, estimate: Estimate) -> dict[str, float]:
    weights = _prediction(events, estimate)
    carrying = ~events.is_tight & (estimate.fake_weights != 0)
    log_ff = estimate.log_ff[events.is_data & ~events.is_tight]
    return {
        "ess": effective_share(weights[carrying]),
        "negative": estimate.negative,
        "log_ff_spread": float(log_ff.std()),
        "log_ff_largest": float(np.abs(log_ff).max()),
    }


def effective_share(weights: Floats) -> float:
    """(sum w)^2 / (N sum w^2): 1 if all weigh the same, 1/N if one has all; 0 if there is none."""
    squares = (weights**2).sum()
    return float(weights.sum() ** 2 / (len(weights) * squares)) if squares > 0 else 0.0


def _truth(events: Events, log_ff: Floats) -> dict[str, float]:
    """Errors of the fake factor over the data events of which it is known."""
    if events.true_ff is None:
        return {}
    known = events.is_data & np.isfinite(events.true_ff)
    logs = log_ff[known] - np.log(events.true_ff[known])
    relative = np.abs(np.expm1(logs))
    return {
        "ff_error": float(np.median(relative)),
        "ff_error_95": float(np.quantile(relative, 0.95)),
        "ff_logmae": float(np.median(np.abs(logs))),
    }


def _safe(values: Floats) -> Floats:
    return np.where(values > 0, values, 1.0)
