"""Batch normalisation that leaves empty slots out of account."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from trainables.architectures.precision import at_least_single


class MaskedBatchNorm(nn.Module):
    """`nn.BatchNorm1d` over those entries that are there; the others become 0.

    A batch with fewer than two of them is normalised by the running statistics, as in evaluation.

    **Shapes** values [..., D], mask [...] -> [..., D].
    """

    mean: Tensor
    variance: Tensor

    def __init__(self, width: int, momentum: float = 0.1, eps: float = 1e-5) -> None:
        super().__init__()
        self.momentum, self.eps = momentum, eps
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("variance", torch.ones(width))

    def forward(self, values: Tensor, mask: Tensor) -> Tensor:
        there = mask.unsqueeze(-1)
        wide = at_least_single(values.masked_fill(~there, 0.0))
        mean, variance = self._statistics(wide, there) if self.training else self._running()
        scaled = (wide - mean) / (variance + self.eps).sqrt() * self.weight + self.bias
        return scaled.masked_fill(~there, 0.0).to(values.dtype)

    def extra_repr(self) -> str:
        return f"{len(self.weight)}, momentum={self.momentum}, eps={self.eps}"

    def _running(self) -> tuple[Tensor, Tensor]:
        return self.mean, self.variance

    def _statistics(self, values: Tensor, there: Tensor) -> tuple[Tensor, Tensor]:
        over = tuple(range(values.dim() - 1))
        count = there.sum().to(values.dtype)
        mean = values.sum(dim=over) / count.clamp_min(1.0)
        spread = (values - mean).square().masked_fill(~there, 0.0).sum(dim=over)
        variance = spread / count.clamp_min(1.0)
        enough = count > 1.5
        with torch.no_grad():
            step = self.momentum * enough.to(self.mean.dtype)
            unbiased = spread / (count - 1.0).clamp_min(1.0)
            self.mean.lerp_(mean.to(self.mean.dtype), step)
            self.variance.lerp_(unbiased.to(self.variance.dtype), step)
        return torch.where(enough, mean, self.mean), torch.where(enough, variance, self.variance)
