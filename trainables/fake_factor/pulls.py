"""What pulls a ratio towards what is simple: small logarithms, and events that count alike."""

from __future__ import annotations

import math

from torch import Tensor

from trainables.contract import Frozen


def pull(loss: Frozen, log_ratio: Tensor, labels: Tensor, weights: Tensor) -> Tensor | float:
    """What `w_lambda` and `ess_lambda` add: w mean (log r)^2 and e N / ESS.

    ESS = (sum w r)^2 / sum (w r)^2 over the N denominator events; it is at most N, so that N / ESS
    means the same in a batch of any size.

    **Shapes** log_ratio [B] or [B, H], labels [B], weights like log_ratio -> scalar.
    """
    total: Tensor | float = 0.0
    shrink, ess = (getattr(loss, key, None) for key in ("w_lambda", "ess_lambda"))
    if shrink is not None:
        total = total + shrink * log_ratio.square().mean()
    chosen = labels < 0.5
    if ess is not None and bool(chosen.any()):
        total = total + ess * _inverse_ess(log_ratio[chosen], weights[chosen].abs())
    return total


def _inverse_ess(log_ratio: Tensor, weights: Tensor) -> Tensor:
    """N / ESS, in logs: a common factor of all ratios cancels. **Shapes** [N] or [N, H]."""
    logs = log_ratio + weights.clamp_min(1e-12).log()
    size = math.log(len(logs))
    return (logs.mul(2.0).logsumexp(0) - 2.0 * logs.logsumexp(0) + size).exp().mean()
