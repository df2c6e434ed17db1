"""One call for every loss of every task, and the weighted mean over samples."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from trainables.components.feeds import FEEDS
from trainables.components.loss_table import Fed


class AdaptedLoss(nn.Module):
    """A library's loss, fed from the logits of a network.

    **Shapes** two classes: logits [B], target [B] of 0 and 1; C classes: logits [B, C], target [B]
    of whole numbers below C; weight [B] or None; gives a scalar.
    """

    class_weights: Tensor | None

    def __init__(
        self, inner: nn.Module, fed: Fed, class_weights: Sequence[float] | None = None
    ) -> None:
        super().__init__()
        self.inner = inner
        self.fed = fed
        given = None if class_weights is None else torch.tensor(class_weights)
        # No part of a checkpoint: it follows from the data, like the samples' own weights.
        self.register_buffer("class_weights", given, persistent=False)

    def forward(self, logits: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
        """The mean loss; with weights sum(w l) / sum(w), w the sample's times its class's."""
        loss: Tensor = self.inner(*FEEDS[self.fed.feed].inputs(logits, target))
        if not self.fed.per_sample:
            return loss
        loss = loss.reshape(len(target), -1).mean(dim=1)
        weight = self._with_class(target, weight)
        if weight is None:
            return loss.mean()
        return (loss * weight).sum() / weight.sum().clamp_min(1e-12)

    def _with_class(self, target: Tensor, weight: Tensor | None) -> Tensor | None:
        if self.class_weights is None:
            return weight
        own = self.class_weights[target.long()]
        return own if weight is None else own * weight
