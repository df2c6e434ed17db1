"""Weighted distance correlation of two numbers an event: 0 only where they are independent.

Both forms are written as pairs + product - 2 triples of distances, which needs no centred matrices.
The gradient of n events takes about six n x n matrices.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor

    from trainables.components.disco_config import Form

_FEWEST = 4
"""Events below which nothing is said."""
_ROUNDINGS = 8.0
"""Values that are apart by no more roundings of the largest than this are the same value."""
_LEAST_VARIANCE = 1e-4
"""In units of the squared mean deviation, where a sample that varies has 0.3 or more."""
_LEAST_CORRELATION = 1e-6
"""Below this a root would have a gradient without bound."""
_LEAST_SHARE = 1e-3
"""Of the weight that different events have; less is left only if one or two have nearly all."""


def distance_correlation(
    first: Tensor,
    second: Tensor,
    weights: Tensor | None = None,
    power: float = 1.0,
    form: Form = "biased",
) -> Tensor:
    """R^2 to a power: 0 for independent numbers, 1 for a line, and 0 where one does not vary.

    The biased form takes every sum over all events, so that whole-number weights count as repeated
    events; for n independent events it is about 3 / n on average. The unbiased form takes each
    sum over different events and is 0 on average; a negative value keeps its sign under the power.
    Fewer than four events give 0. Weights are at least 0.

    **Shapes** first, second, weights [N] -> scalar. Half precision is computed in float32.
    **Source** Szekely, Rizzo, Bakirov, Ann. Statist. 35 (2007) 2769; unbiased: Szekely, Rizzo,
    Ann. Statist. 42 (2014) 2382; as a penalty: Kasieczka, Shih, arXiv:2001.05310 (R, power 0.5).
    """
    full = torch.promote_types(first.dtype, torch.float32)
    first, second = first.to(full), second.to(full)
    if len(first) < _FEWEST:
        return (first * 0.0).sum()
    given = torch.ones_like(first) if weights is None else weights.to(full)
    with torch.autocast(first.device.type, enabled=False):
        w = given / given.sum().clamp_min(torch.finfo(full).tiny)
        a, b = _distances(first, w), _distances(second, w)
        covariance = _COVARIANCES[form]
        variance, other = (covariance(d, d, w).clamp_min(_LEAST_VARIANCE) for d in (a, b))
        return _raised(covariance(a, b, w) / (variance * other).sqrt(), power)


def _distances(values: Tensor, w: Tensor) -> Tensor:
    """|u_i - u_j| in units of the mean deviation, which cancels in the end. **Shapes** [N, N]."""
    with torch.no_grad():
        precision = torch.finfo(values.dtype)
        noise = _ROUNDINGS * precision.eps * values.abs().max() + precision.tiny
        centre = w @ values
        unit = torch.maximum(w @ (values - centre).abs(), noise)
    scaled = (values - centre) / unit
    return (scaled[:, None] - scaled[None, :]).abs()


def _over_all_events(a: Tensor, b: Tensor, w: Tensor) -> Tensor:
    """Squared distance covariance of the sample as it is (V-statistic); w sums up to 1."""
    of_a, of_b = a @ w, b @ w
    pairs = w @ ((a * b) @ w)
    return pairs + (w @ of_a) * (w @ of_b) - 2.0 * (w @ (of_a * of_b))


def _over_different_events(a: Tensor, b: Tensor, w: Tensor) -> Tensor:
    """Squared distance covariance of what the sample was drawn from (U-statistic).

    From each sum, and from the sum of its weights, the terms are taken out in which an event comes
    twice. Equal weights give the U-centred form of Szekely and Rizzo.
    """
    w2, w3, w4 = (w.pow(k).sum() for k in (2, 3, 4))
    of_a, of_b = a @ w, b @ w
    once, twice = ((a * b) @ torch.stack([w, w**2], dim=1)).unbind(1)
    pairs = w @ once
    triples = w @ (of_a * of_b) - w**2 @ once
    product = (w @ of_a) * (w @ of_b) - 4.0 * (w**2 @ (of_a * of_b)) + 2.0 * (w**2 @ twice)
    return (
        pairs / (1.0 - w2).clamp_min(_LEAST_SHARE)
        + product / (1.0 - 6.0 * w2 + 8.0 * w3 + 3.0 * w2**2 - 6.0 * w4).clamp_min(_LEAST_SHARE)
        - 2.0 * triples / (1.0 - 3.0 * w2 + 2.0 * w3).clamp_min(_LEAST_SHARE)
    )


def _raised(correlation: Tensor, power: float) -> Tensor:
    if power == 1.0:
        return correlation
    return correlation.sign() * correlation.abs().clamp_min(_LEAST_CORRELATION).pow(power)


_COVARIANCES: Mapping[str, Callable[[Tensor, Tensor, Tensor], Tensor]] = {
    "biased": _over_all_events,
    "unbiased": _over_different_events,
}
