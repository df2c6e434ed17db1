"""The last layer of every network."""

from __future__ import annotations

from torch import nn


def head(width: int, n_outputs: int) -> list[nn.Module]:
    """**Shapes** [B, width] -> [B] where one logit is enough, else [B, n_outputs]."""
    layer = nn.Linear(width, n_outputs)
    return [layer, nn.Flatten(0)] if n_outputs == 1 else [layer]
