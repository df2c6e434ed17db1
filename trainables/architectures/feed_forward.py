"""The part of a transformer that works on each token alone."""

from __future__ import annotations

from torch import nn

from trainables.architectures.activation import Activation
from trainables.architectures.dense import dense


class FeedForward(nn.Sequential):
    """One hidden layer `mult` times as wide as a token. **Shapes** [..., D] -> [..., D]."""

    def __init__(self, width: int, mult: int, activation: Activation, dropout: float) -> None:
        hidden = dense(width, mult * width, activation, dropout=dropout)
        super().__init__(*hidden, nn.Linear(mult * width, width))
