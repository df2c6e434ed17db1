"""A plain multilayer perceptron."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from trainables.architectures.activation import Activation
from trainables.architectures.piecewise import Piecewise
from trainables.contract import Frozen

if TYPE_CHECKING:
    from torch import nn


class Mlp(Frozen):
    """`depth` hidden layers of `width` units, then the logits."""

    name: Literal["mlp"] = "mlp"
    width: int = Field(default=128, ge=1, le=65536)
    """Units in each hidden layer."""
    depth: int = Field(default=3, ge=1, le=64)
    """Number of hidden layers."""
    activation: Activation = "relu"
    """Function after each hidden layer."""
    dropout: float = Field(default=0.0, ge=0.0, lt=1.0)
    """Share of the units that are switched off in training."""
    batchnorm: bool = False
    """Normalise over the batch before each activation."""
    piecewise: Piecewise | None = None
    """Cut each feature into bins; null: one number each."""

    def build(self, n_features: int, n_outputs: int = 1) -> nn.Sequential:
        """The network. **Shapes** [B, n_features] -> [B] logits, or [B, n_outputs]."""
        from torch import nn

        from trainables.architectures.dense import perceptron
        from trainables.architectures.head import head
        from trainables.architectures.piecewise_encoding import encoded

        first, n_inputs = encoded(self.piecewise, n_features)
        widths = [self.width] * self.depth
        hidden = perceptron(n_inputs, widths, self.activation, self.batchnorm, self.dropout)
        return nn.Sequential(*first, *hidden, *head(self.width, n_outputs))
