"""A network of flat features, given events with objects: each slot has its own columns."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from trainables.architectures.inputs import Inputs


class Flattened(nn.Sequential):
    """Layers that see flat features and slots side by side; an empty slot is all zeros.

    **Shapes** `Inputs` -> [B] or [B, C].
    """

    def forward(self, inputs: Inputs) -> Tensor:
        numbers = side_by_side(inputs)
        for layer in self:
            numbers = layer(numbers)
        return numbers


def side_by_side(inputs: Inputs) -> Tensor:
    """**Shapes** `Inputs` -> [B, F + sum of M K]."""
    if not inputs.objects:
        return inputs.flat
    slots = [
        objects.masked_fill(~inputs.masks[name].unsqueeze(2), 0.0).flatten(1)
        for name, objects in inputs.objects.items()
    ]
    return torch.cat([inputs.flat, *slots], dim=1)
