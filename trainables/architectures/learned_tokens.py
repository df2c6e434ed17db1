"""Tokens that every event has, learned like weights."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class LearnedTokens(nn.Module):
    """**Shapes** number of events B -> [B, n, D]."""

    def __init__(self, n_tokens: int, width: int) -> None:
        super().__init__()
        self.tokens = nn.Parameter(torch.empty(n_tokens, width).normal_(std=0.02))

    def forward(self, n_events: int) -> Tensor:
        return self.tokens.expand(n_events, -1, -1)

    def extra_repr(self) -> str:
        return "n_tokens={}, width={}".format(*self.tokens.shape)
