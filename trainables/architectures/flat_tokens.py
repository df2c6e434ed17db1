"""Each flat feature as a token of its own."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn


class FlatTokens(nn.Module):
    """A feature times its own vector, plus its own bias. **Shapes** [B, F] -> [B, F, D].

    Of a feature that is encoded by several numbers each has a vector: [B, F, T] -> [B, F, D].

    **Source** Gorishniy et al., arXiv:2106.11959, section 3.3.
    """

    def __init__(self, n_features: int, width: int, n_numbers: int = 1) -> None:
        super().__init__()
        bound = 1.0 / math.sqrt(width)
        self.weight = nn.Parameter(
            torch.empty(n_features, n_numbers, width).uniform_(-bound, bound)
        )
        self.bias = nn.Parameter(torch.empty(n_features, width).uniform_(-bound, bound))

    def forward(self, flat: Tensor) -> Tensor:
        numbers = flat.unsqueeze(2) if flat.dim() == 2 else flat
        return torch.einsum("bft,ftd->bfd", numbers, self.weight) + self.bias

    def extra_repr(self) -> str:
        return "n_features={}, n_numbers={}, width={}".format(*self.weight.shape)
