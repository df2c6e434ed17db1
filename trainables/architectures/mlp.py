"""A plain multilayer perceptron."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from trainables.architectures.activation import Activation, module_of
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

    def build(self, n_features: int, n_outputs: int = 1) -> nn.Sequential:
        """The network. **Shapes** [B, n_features] -> [B] logits, or [B, n_outputs]."""
        from torch import nn

        from trainables.architectures.head import head

        layers: list[nn.Module] = []
        for n_inputs in [n_features, *[self.width] * (self.depth - 1)]:
            layers.append(nn.Linear(n_inputs, self.width))
            if self.batchnorm:
                layers.append(nn.BatchNorm1d(self.width))
            layers.append(module_of(self.activation))
            if self.dropout > 0:
                layers.append(nn.Dropout(self.dropout))
        return nn.Sequential(*layers, *head(self.width, n_outputs))
