"""The four warm-ups as shapes in [0, 1] that multiply `optimizer.lr`, so that it stays in charge.

Their usual form writes absolute rates, which makes the searched learning rate a dead knob. Here
the peak is `optimizer.lr` and every horizon is a fraction of all optimizer steps. After
`freeze_fraction` of them the rate stays where it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch.optim import Optimizer
    from torch.optim.lr_scheduler import LambdaLR


def attention(step: int, steps: int, warmup_fraction: float) -> float:
    """Rise linearly, then fall with the inverse square root of the step.

    **Source** Vaswani et al., arXiv:1706.03762, eq. 3, divided by its peak:
    min(n / w, sqrt(w / n)) with n the step from 1 and w the warm-up steps.
    """
    now, warmup = step + 1, warmup_steps(steps, warmup_fraction)
    return min(now / warmup, math.sqrt(warmup / now))


def sqrt_exp(step: int, steps: int, warmup_fraction: float) -> float:
    """Rise with a square root and fall exponentially, with the peak at the end of the warm-up.

    **Source** a sqrt(c n) exp(-c n) with c = 1 / (2 w), divided by its maximum at n = w:
    sqrt(n / w) exp((1 - n / w) / 2).
    """
    ratio = (step + 1) / warmup_steps(steps, warmup_fraction)
    return math.sqrt(ratio) * math.exp((1.0 - ratio) / 2.0)


def cosine(step: int, steps: int, warmup_fraction: float, min_ratio: float) -> float:
    """Rise linearly from `min_ratio` to 1, then fall back to it along half a cosine."""
    now, warmup = step + 1, warmup_steps(steps, warmup_fraction)
    if now < warmup:
        return linear(step, steps, warmup_fraction, min_ratio)
    done = min((now - warmup) / max(1, steps - warmup), 1.0)
    return min_ratio + (1.0 - min_ratio) * 0.5 * (1.0 + math.cos(math.pi * done))


def linear(step: int, steps: int, warmup_fraction: float, min_ratio: float) -> float:
    """Rise linearly from `min_ratio` to 1, then stay there."""
    ratio = min((step + 1) / warmup_steps(steps, warmup_fraction), 1.0)
    return min_ratio + (1.0 - min_ratio) * ratio


def warmup_steps(steps: int, warmup_fraction: float) -> int:
    """How many steps the rise takes: at least one."""
    return max(1, round(steps * warmup_fraction))


def last_step(steps: int, freeze_fraction: float | None) -> int:
    """The step, counted from 0, after which the rate stays as it is; the last one without a share.

    **Raises** ValueError for a share outside 0..1.
    """
    if freeze_fraction is None:
        return steps
    if not 0.0 < freeze_fraction <= 1.0:
        message = f"freeze_fraction is {freeze_fraction}, but must lie above 0 and be at most 1"
        raise ValueError(f"{message}; null never freezes the rate")
    return max(0, round(steps * freeze_fraction) - 1)


def AttentionWarmup(
    optimizer: Optimizer,
    steps: int,
    warmup_fraction: float = 0.05,
    freeze_fraction: float | None = None,
) -> LambdaLR:
    """The schedule of the transformer paper, relative to `optimizer.lr`."""
    _check(warmup_fraction, 0.0)
    last = last_step(steps, freeze_fraction)
    return _scheduler(optimizer, lambda step: attention(min(step, last), steps, warmup_fraction))


def SqrtExpWarmup(
    optimizer: Optimizer,
    steps: int,
    warmup_fraction: float = 0.05,
    freeze_fraction: float | None = None,
) -> LambdaLR:
    """A square-root rise and an exponential fall, relative to `optimizer.lr`."""
    _check(warmup_fraction, 0.0)
    last = last_step(steps, freeze_fraction)
    return _scheduler(optimizer, lambda step: sqrt_exp(min(step, last), steps, warmup_fraction))


def CosineWarmup(
    optimizer: Optimizer,
    steps: int,
    warmup_fraction: float = 0.05,
    min_ratio: float = 0.0,
    freeze_fraction: float | None = None,
) -> LambdaLR:
    """A linear rise and a cosine fall, relative to `optimizer.lr`."""
    _check(warmup_fraction, min_ratio)
    last = last_step(steps, freeze_fraction)
    return _scheduler(
        optimizer, lambda step: cosine(min(step, last), steps, warmup_fraction, min_ratio)
    )


def LinearWarmup(
    optimizer: Optimizer, steps: int, warmup_fraction: float = 0.05, min_ratio: float = 0.0
) -> LambdaLR:
    """A linear rise and a constant rate, relative to `optimizer.lr`."""
    _check(warmup_fraction, min_ratio)
    return _scheduler(optimizer, lambda step: linear(step, steps, warmup_fraction, min_ratio))


WARMUPS: Mapping[str, Callable[..., LambdaLR]] = {
    "AttentionWarmup": AttentionWarmup,
    "SqrtExpWarmup": SqrtExpWarmup,
    "CosineWarmup": CosineWarmup,
    "LinearWarmup": LinearWarmup,
}


def _check(warmup_fraction: float, min_ratio: float) -> None:
    if not 0.0 <= warmup_fraction <= 1.0:
        raise ValueError(f"warmup_fraction is {warmup_fraction}, but must lie in 0..1")
    if not 0.0 <= min_ratio <= 1.0:
        raise ValueError(f"min_ratio is {min_ratio}, but must lie in 0..1")


def _scheduler(optimizer: Optimizer, shape: object) -> LambdaLR:
    from torch.optim.lr_scheduler import LambdaLR

    return LambdaLR(optimizer, shape)  # type: ignore[arg-type]
