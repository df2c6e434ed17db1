"""Objects of several kinds as tokens of one width."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from trainables.architectures.inputs import Inputs, ObjectShape


class Tokens(NamedTuple):
    """The objects of each event, those that are there first.

    There are only as many places N as the fullest event of the batch needs.

    **Shapes** values [B, N, D], mask [B, N] (True where an object is), order [B, N] (which of all
    slots stands there).
    """

    values: Tensor
    mask: Tensor
    order: Tensor


class ObjectTokens(nn.Module):
    """Each kind has weights of its own, so that a token tells what it is."""

    def __init__(self, kinds: tuple[ObjectShape, ...], width: int) -> None:
        super().__init__()
        self.names = [kind.name for kind in kinds]
        self.layers = nn.ModuleList(nn.Linear(kind.n_features, width) for kind in kinds)

    def forward(self, inputs: Inputs) -> Tokens:
        masks = [inputs.masks[name] for name in self.names]
        values = [
            layer(inputs.objects[name].masked_fill(~mask.unsqueeze(2), 0.0))
            for name, mask, layer in zip(self.names, masks, self.layers, strict=True)
        ]
        mask = torch.cat(masks, dim=1)
        order = _present_first(mask)
        return Tokens(in_order(torch.cat(values, dim=1), order), mask.gather(1, order), order)


def in_order(slots: Tensor, order: Tensor) -> Tensor:
    """What stands in the chosen slots. **Shapes** [B, M, D], [B, N] -> [B, N, D]."""
    return slots.gather(1, order.unsqueeze(2).expand(-1, -1, slots.shape[2]))


def _present_first(mask: Tensor) -> Tensor:
    """Slots in their order, empty ones last and cut off as far as all events allow."""
    most = max(1, int(mask.sum(dim=1).max()))
    return mask.int().argsort(dim=1, descending=True, stable=True)[:, :most]
