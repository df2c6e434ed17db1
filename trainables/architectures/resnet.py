"""A residual network of pre-activation blocks, for tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from trainables.architectures.activation import Activation, module_of, widening
from trainables.architectures.piecewise import Piecewise
from trainables.contract import Frozen

if TYPE_CHECKING:
    from torch import nn


class ResNet(Frozen):
    """`depth` residual blocks of `block_size` layers of `width` units, then the logits.

    **Source** He et al., arXiv:1603.05027 (normalise, activate, then the weights, inside a block).
    """

    name: Literal["resnet"] = "resnet"
    width: int = Field(default=128, ge=1, le=65536)
    """Units in each layer."""
    depth: int = Field(default=3, ge=1, le=64)
    """Number of residual blocks."""
    block_size: int = Field(default=2, ge=1, le=3)
    """Layers that one shortcut spans."""
    activation: Activation = "relu"
    """Function before each layer of a block."""
    dropout: float = Field(default=0.1, ge=0.0, lt=1.0)
    """Share of the units that are switched off in training."""
    batchnorm: bool = True
    """Normalise over the batch before each activation."""
    piecewise: Piecewise | None = None
    """Cut each feature into bins; null: one number each."""

    def build(self, n_features: int, n_outputs: int = 1) -> nn.Sequential:
        """The network. **Shapes** [B, n_features] -> [B] logits, or [B, n_outputs]."""
        from torch import nn

        from trainables.architectures.head import head
        from trainables.architectures.piecewise_encoding import encoded
        from trainables.architectures.residual import Residual

        first, n_inputs = encoded(self.piecewise, n_features)
        blocks = [Residual(self._branch()) for _ in range(self.depth)]
        end = [*self._before(), *head(self.width, n_outputs)]
        return nn.Sequential(*first, nn.Linear(n_inputs, self.width), *blocks, *end)

    def _branch(self) -> nn.Module:
        from torch import nn

        layers: list[nn.Module] = []
        for _ in range(self.block_size):
            layers += [*self._before(), nn.Linear(self.width, self.width)]
            if self.dropout > 0:
                layers.append(nn.Dropout(self.dropout))
        return nn.Sequential(*layers)

    def _before(self) -> list[nn.Module]:
        from torch import nn

        norm = [nn.BatchNorm1d(self.width)] if self.batchnorm else []
        n_units = self.width * widening(self.activation)
        # A gate takes two values a unit, which no block has before it.
        wide = [nn.Linear(self.width, n_units)] if n_units > self.width else []
        return [*norm, *wide, module_of(self.activation)]
