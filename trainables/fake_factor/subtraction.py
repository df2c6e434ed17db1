"""Fake weights: which share of an event is no prompt, from the ratio of data to MC there."""

from __future__ import annotations

import torch
from torch import Tensor

from trainables.fake_factor.config import Subtraction

_LARGEST = 80.0
"""Exponents beyond it are cut: e^80 fits single precision."""


def fake_weights(log_ratio: Tensor, is_tight: Tensor, section: Subtraction) -> Tensor:
    """What each event counts as a fake, from log r with r data over MC in its region.

    For data 1 - 1/r, at most 1; for MC r - 1. Sizes are bounded region by region.

    **Shapes** log_ratio, is_tight [N] -> [N].
    """
    sign = -1.0 if section.use == "data" else 1.0
    weights = sign * torch.expm1((sign * log_ratio).clamp_max(_LARGEST))
    if section.clip_negative:
        weights = weights.clamp_min(0.0)
    if section.clip_quantile is None:
        return weights
    bounded = weights.clone()
    for chosen in (is_tight, ~is_tight):
        if bool(chosen.any()):
            bounded[chosen] = _bounded(weights[chosen], section.clip_quantile)
    return bounded


def _bounded(weights: Tensor, quantile: float) -> Tensor:
    bound = torch.quantile(weights.abs(), quantile)
    return weights.clamp(-bound, bound)


def of_mean_size_one(factors: Tensor, weights: Tensor) -> Tensor:
    """Factors by which weights become 1 in mean size. **Shapes** [N], [N] -> [N]."""
    return factors / (factors * weights).abs().mean().clamp_min(1e-30)
