"""Modules that make one vector of an event out of two; `FlatFuse` chooses one."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from trainables.architectures.activation import Activation
from trainables.architectures.attention import Attention
from trainables.architectures.dense import perceptron
from trainables.architectures.flat_tokens import FlatTokens


def flat_layers(n_flat: int, width: int, depth: int, activation: Activation) -> nn.Sequential:
    """**Shapes** [B, n_flat] -> [B, width]."""
    return nn.Sequential(*perceptron(n_flat, [width] * depth, activation))


class ObjectsAlone(nn.Module):
    """Where there are no flat features."""

    def forward(self, objects: Tensor, flat: Tensor) -> Tensor:
        del flat
        return objects


class Added(nn.Module):
    """The sum of both."""

    def __init__(self, flat: nn.Module, width: int) -> None:
        super().__init__()
        del width
        self.flat = flat

    def forward(self, objects: Tensor, flat: Tensor) -> Tensor:
        more: Tensor = self.flat(flat)
        return objects + more


class Joined(nn.Module):
    """A layer over both side by side."""

    def __init__(self, flat: nn.Module, width: int) -> None:
        super().__init__()
        self.flat = flat
        self.layer = nn.Linear(2 * width, width)

    def forward(self, objects: Tensor, flat: Tensor) -> Tensor:
        joined: Tensor = self.layer(torch.cat([self.flat(flat), objects], dim=1))
        return joined


class Shared(nn.Module):
    """a flat + (1 - a) objects, with one learned share a in 0..1 that starts at one half."""

    def __init__(self, flat: nn.Module, width: int) -> None:
        super().__init__()
        del width
        self.flat = flat
        self.logit = nn.Parameter(torch.zeros(()))

    def forward(self, objects: Tensor, flat: Tensor) -> Tensor:
        share, more = self.logit.sigmoid(), self.flat(flat)
        mixed: Tensor = share * more + (1.0 - share) * objects
        return mixed


class Gated(nn.Module):
    """g flat + (1 - g) objects, with shares g in 0..1 that a layer over both decides."""

    def __init__(self, flat: nn.Module, width: int) -> None:
        super().__init__()
        self.flat = flat
        self.layer = nn.Linear(2 * width, width)

    def forward(self, objects: Tensor, flat: Tensor) -> Tensor:
        more = self.flat(flat)
        share: Tensor = self.layer(torch.cat([more, objects], dim=1)).sigmoid()
        mixed: Tensor = share * more + (1.0 - share) * objects
        return mixed


class Asked(nn.Module):
    """The objects' vector asks the flat features, each a token of its own, and adds the answer."""

    def __init__(self, n_flat: int, width: int, heads: int) -> None:
        super().__init__()
        self.tokens = FlatTokens(n_flat, width)
        self.attention = Attention(width, heads, width // heads, dropout=0.0)

    def forward(self, objects: Tensor, flat: Tensor) -> Tensor:
        heard: Tensor = self.attention(objects.unsqueeze(1), self.tokens(flat))
        return objects + heard.squeeze(1)


MODES = {"add": Added, "cat": Joined, "learn": Shared, "gate": Gated}
"""Those that see the flat features after layers of their own."""
