"""Objects of several kinds as tokens of one width."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from trainables.architectures.inputs import Inputs, ObjectShape


class ObjectTokens(nn.Module):
    """Each kind has weights of its own, so that a token tells what it is.

    **Shapes** `Inputs` -> tokens [B, N, D] and mask [B, N], with N the slots of all kinds.
    """

    def __init__(self, kinds: tuple[ObjectShape, ...], width: int) -> None:
        super().__init__()
        self.names = [kind.name for kind in kinds]
        self.layers = nn.ModuleList(nn.Linear(kind.n_features, width) for kind in kinds)

    def forward(self, inputs: Inputs) -> tuple[Tensor, Tensor]:
        masks = [inputs.masks[name] for name in self.names]
        tokens = [
            layer(inputs.objects[name].masked_fill(~mask.unsqueeze(2), 0.0))
            for name, mask, layer in zip(self.names, masks, self.layers, strict=True)
        ]
        return torch.cat(tokens, dim=1), torch.cat(masks, dim=1)
