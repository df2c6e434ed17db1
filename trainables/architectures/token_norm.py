"""What brings tokens to comparable size: each alone, or all of an event together."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from trainables.architectures.precision import at_least_single


class TokenNorm(nn.LayerNorm):
    """Layer normalisation, for which it does not matter who is there. **Shapes** [B, N, D]."""

    def forward(self, tokens: Tensor, mask: Tensor | None = None) -> Tensor:
        del mask
        return super().forward(tokens)


class NoNorm(nn.Module):
    """Leaves the tokens as they are. **Shapes** [B, N, D]."""

    def forward(self, tokens: Tensor, mask: Tensor | None = None) -> Tensor:
        del mask
        return tokens


class SetNorm(nn.Module):
    """Shifts and scales all tokens of an event alike, by their common mean and deviation.

    Unlike layer normalisation it keeps the differences between the tokens of an event.

    **Shapes** tokens [B, N, D], mask [B, N] -> [B, N, D].
    **Source** Zhang et al., arXiv:2206.11925, eq. 4.
    """

    def __init__(self, width: int, eps: float = 1e-5) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))

    def forward(self, tokens: Tensor, mask: Tensor | None = None) -> Tensor:
        if mask is None:
            mask = tokens.new_ones(tokens.shape[:2], dtype=torch.bool)
        wide = at_least_single(tokens)
        there = mask.unsqueeze(2).to(wide.dtype)
        count = (there.sum(dim=(1, 2), keepdim=True) * tokens.shape[2]).clamp_min(1.0)
        mean = (wide * there).sum(dim=(1, 2), keepdim=True) / count
        variance = ((wide - mean).square() * there).sum(dim=(1, 2), keepdim=True) / count
        scaled = (wide - mean) / (variance + self.eps).sqrt()
        return scaled.to(tokens.dtype) * self.weight + self.bias

    def extra_repr(self) -> str:
        return f"{len(self.weight)}, eps={self.eps}"
