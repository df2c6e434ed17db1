"""Many tokens into one, without regard to their order."""

from __future__ import annotations

from typing import Literal

from torch import Tensor, nn

Pooling = Literal["mean", "sum", "max"]


class Pool(nn.Module):
    """Of those tokens that are there; 0 if none is. **Shapes** [B, N, D], [B, N] -> [B, D]."""

    def __init__(self, how: Pooling) -> None:
        super().__init__()
        self.how = how

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        there = mask.unsqueeze(2)
        if self.how == "max":
            largest = tokens.masked_fill(~there, float("-inf")).amax(dim=1)
            return largest.masked_fill(~mask.any(dim=1, keepdim=True), 0.0)
        total = tokens.masked_fill(~there, 0.0).sum(dim=1)
        return total / there.sum(dim=1).clamp_min(1) if self.how == "mean" else total

    def extra_repr(self) -> str:
        return self.how
