"""The focal loss on logits, with class balance and label smoothing, one value a sample."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits


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
        if gamma < 0:
            raise ValueError(f"gamma is {gamma}, but must not be negative")
        if alpha is not None and not 0.0 <= alpha <= 1.0:
            raise ValueError(f"alpha is {alpha}, but must lie in 0..1, or be null for no balance")
        if not 0.0 <= label_smoothing < 1.0:
            raise ValueError(f"label_smoothing is {label_smoothing}, but must lie in 0..1")
        self.gamma, self.alpha = gamma, alpha
        self.label_smoothing, self.reduction = label_smoothing, reduction

    def forward(self, logits: Tensor, target: Tensor) -> Tensor:
        target = target * (1.0 - self.label_smoothing) + self.label_smoothing / 2.0
        entropy = binary_cross_entropy_with_logits(logits, target, reduction="none")
        # -expm1(-x) = 1 - exp(-x) keeps its digits where the cross-entropy is nearly zero.
        loss = (-torch.expm1(-entropy)).clamp_min(0.0) ** self.gamma * entropy
        if self.alpha is not None:
            loss = loss * (self.alpha * target + (1.0 - self.alpha) * (1.0 - target))
        return loss.mean() if self.reduction == "mean" else loss
