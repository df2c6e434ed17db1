"""Weighted distance correlation of two numbers an event: 0 only where they are independent.

Both forms are written as pairs + product - 2 triples of distances, which needs no centred matrices.
The gradient of n events takes about four n x n matrices.
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
        powers = torch.stack([w, w**2], dim=1)
        u, v = _scaled(first, w), _scaled(second, w)
        a, b = _distances(u), _distances(v)
        of_a, of_b = a @ w, b @ w
        covariance = _COVARIANCES[form]
        variances = [
            covariance(_squares(part, powers), near, near, w).clamp_min(_LEAST_VARIANCE)
            for part, near in ((u, of_a), (v, of_b))
        ]
        together = covariance((a * b) @ powers, of_a, of_b, w)
        return _raised(together / (variances[0] * variances[1]).sqrt(), power)


def _scaled(values: Tensor, w: Tensor) -> Tensor:
    """The values around 0 in units of their mean deviation, which cancels in the end."""
    with torch.no_grad():
        precision = torch.finfo(values.dtype)
        noise = _ROUNDINGS * precision.eps * values.abs().max() + precision.tiny
        centre = w @ values
        unit = torch.maximum(w @ (values - centre).abs(), noise)
    return (values - centre) / unit


def _distances(u: Tensor) -> Tensor:
    """**Shapes** [N] -> [N, N]."""
    return (u[:, None] - u[None, :]).abs()


def _squares(u: Tensor, powers: Tensor) -> Tensor:
    """The same as `distances**2 @ powers`, in N steps. **Shapes** [N], [N, 2] -> [N, 2]."""
    column = u[:, None]
    return column**2 * powers.sum(dim=0) - 2.0 * column * (u @ powers) + u**2 @ powers


def _over_all_events(products: Tensor, of_a: Tensor, of_b: Tensor, w: Tensor) -> Tensor:
    """Squared distance covariance of the sample as it is (V-statistic).

    **Shapes** products [N, 2], of a_ij b_ij with w_j and its square; of_a, of_b [N], of a_ij and
    b_ij with w_j; w [N], which sum up to 1.
    """
    pairs = w @ products[:, 0]
    return pairs + (w @ of_a) * (w @ of_b) - 2.0 * (w @ (of_a * of_b))


def _over_different_events(products: Tensor, of_a: Tensor, of_b: Tensor, w: Tensor) -> Tensor:
    """Squared distance covariance of what the sample was drawn from (U-statistic).

    From each sum, and from the sum of its weights, the terms are taken out in which an event comes
    twice. Equal weights give the U-centred form of Szekely and Rizzo.
    """
    w2, w3, w4 = (w.pow(k).sum() for k in (2, 3, 4))
    once, twice = products.unbind(1)
    pairs = w @ once
    triples = w @ (of_a * of_b) - w**2 @ once
    fours = (w @ of_a) * (w @ of_b) - 4.0 * (w**2 @ (of_a * of_b)) + 2.0 * (w**2 @ twice)
    return (
        pairs / (1.0 - w2).clamp_min(_LEAST_SHARE)
        + fours / (1.0 - 6.0 * w2 + 8.0 * w3 + 3.0 * w2**2 - 6.0 * w4).clamp_min(_LEAST_SHARE)
        - 2.0 * triples / (1.0 - 3.0 * w2 + 2.0 * w3).clamp_min(_LEAST_SHARE)
    )


def _raised(correlation: Tensor, power: float) -> Tensor:
    if power == 1.0:
        return correlation
    return correlation.sign() * correlation.abs().clamp_min(_LEAST_CORRELATION).pow(power)


_COVARIANCES: Mapping[str, Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]] = {
    "biased": _over_all_events,
    "unbiased": _over_different_events,
}
