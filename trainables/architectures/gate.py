"""Gated linear units."""

from __future__ import annotations

from torch import Tensor, nn


class Gate(nn.Module):
    """The first half of the units, times an activation of the second half.

    **Shapes** [..., 2 D] -> [..., D].
    **Source** Shazeer, arXiv:2002.05202.
    """

    def __init__(self, activation: nn.Module) -> None:
        super().__init__()
        self.activation = activation

    def forward(self, units: Tensor) -> Tensor:
        value, switch = units.chunk(2, dim=-1)
        opened: Tensor = self.activation(switch)
        return value * opened
