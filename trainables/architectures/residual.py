"""A shortcut around a branch."""

from __future__ import annotations

from torch import Tensor, nn


class Residual(nn.Module):
    """Adds what a branch says to what went in; the shapes are equal."""

    def __init__(self, branch: nn.Module) -> None:
        super().__init__()
        self.branch = branch

    def forward(self, features: Tensor) -> Tensor:
        change: Tensor = self.branch(features)
        return features + change
