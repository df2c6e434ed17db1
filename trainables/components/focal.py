"""The focal losses on logits, with class balance and label smoothing, one value a sample."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits, one_hot


class SigmoidFocalLoss(nn.Module):
    """Cross-entropy that turns away from samples which are already right.

    L = alpha_t (1 - p_t)^gamma CE with p_t = exp(-CE), alpha_t = alpha y + (1 - alpha)(1 - y), or 1
    without `alpha`; smoothing replaces y by y (1 - s) + s / 2.

    **Shapes** logits [B], target [B] -> [B], or a scalar where `reduction` is "mean".
    **Source** Lin et al., arXiv:1708.02002.
    """

    def __init__(
        self,
        gamma: float = 2.0,
        alpha: float | None = None,
        label_smoothing: float = 0.0,
        reduction: str = "mean",
    ) -> None:
        super().__init__()
        _check(gamma, label_smoothing)
        if alpha is not None and not 0.0 <= alpha <= 1.0:
            raise ValueError(f"alpha is {alpha}, but must lie in 0..1, or be null for no balance")
        self.gamma, self.alpha = gamma, alpha
        self.label_smoothing, self.reduction = label_smoothing, reduction

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        target = target * (1.0 - self.label_smoothing) + self.label_smoothing / 2.0
        entropy = binary_cross_entropy_with_logits(logits, target, reduction="none")
        loss = _focus(entropy, self.gamma) * entropy
        if self.alpha is not None:
            loss = loss * (self.alpha * target + (1.0 - self.alpha) * (1.0 - target))
        return loss.mean() if self.reduction == "mean" else loss


class MulticlassFocalLoss(nn.Module):
    """The focal loss over several classes, sample by sample.

    L_i = sum_k q_k alpha_k (1 - p_k)^gamma (-log p_k); q is the label one-hot, which smoothing
    replaces by q (1 - s) + s / C; `alpha` is one number for all classes, one for each, or null
    for 1. With gamma = 0 it is the weighted cross-entropy.

    **Shapes** logits [B, C], target [B] of whole numbers -> [B], or a scalar where `reduction` is
    "mean".
    **Source** Lin et al., arXiv:1708.02002, with the softmax in place of the sigmoid.
    """

    alpha: Tensor

    def __init__(
        self,
        n_classes: int,
        gamma: float = 2.0,
        alpha: float | tuple[float, ...] | None = None,
        label_smoothing: float = 0.0,
        reduction: str = "mean",
    ) -> None:
        super().__init__()
        _check(gamma, label_smoothing)
        self.n_classes, self.gamma = n_classes, gamma
        self.label_smoothing, self.reduction = label_smoothing, reduction
        self.register_buffer("alpha", _for_each(n_classes, alpha), persistent=False)

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        shares = one_hot(target, self.n_classes) * (1.0 - self.label_smoothing)
        shares = shares + self.label_smoothing / self.n_classes
        surprise = -logits.log_softmax(dim=1)
        loss = (shares * self.alpha * _focus(surprise, self.gamma) * surprise).sum(dim=1)
        return loss.mean() if self.reduction == "mean" else loss


def _focus(surprise: Tensor, gamma: float) -> Tensor:
    """(1 - p)^gamma with p = exp(-surprise).

    -expm1(-x) = 1 - exp(-x) keeps its digits where the surprise is nearly zero; a power below 1
    has no gradient at zero itself.
    """
    return (-torch.expm1(-surprise)).clamp_min(torch.finfo(surprise.dtype).tiny) ** gamma


def _for_each(n_classes: int, alpha: float | tuple[float, ...] | None) -> Tensor:
    given = (1.0,) if alpha is None else alpha if isinstance(alpha, tuple) else (alpha,)
    if len(given) not in (1, n_classes):
        raise ValueError(f"alpha has {len(given)} numbers, but there are {n_classes} classes")
    if min(given) < 0:
        raise ValueError(f"alpha is {alpha}, but must not be negative")
    return torch.tensor(given, dtype=torch.get_default_dtype()).expand(n_classes).clone()


def _check(gamma: float, label_smoothing: float) -> None:
    if gamma < 0:
        raise ValueError(f"gamma is {gamma}, but must not be negative")
    if not 0.0 <= label_smoothing < 1.0:
        raise ValueError(f"label_smoothing is {label_smoothing}, but must lie in 0..1")
