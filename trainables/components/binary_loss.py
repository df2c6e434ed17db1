"""One call for every loss of a binary task, and the weighted mean over samples."""

from __future__ import annotations

from torch import Tensor, nn

from trainables.components.loss_table import Fed, Feed


class BinaryLoss(nn.Module):
    """A library's loss, fed from one logit a sample.

    **Shapes** logits [B], target [B] of 0 and 1, weight [B] or None -> scalar.
    """

    def __init__(self, inner: nn.Module, fed: Fed) -> None:
        super().__init__()
        self.inner = inner
        self.fed = fed

    def forward(self, logits: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
        """The mean loss; with weights sum(w l) / sum(w)."""
        loss: Tensor = self.inner(*_inputs(self.fed.feed, logits, target))
        if not self.fed.per_sample:
            return loss
        loss = loss.reshape(logits.shape)
        if weight is None:
            return loss.mean()
        return (loss * weight).sum() / weight.sum().clamp_min(1e-12)


def _inputs(feed: Feed, logits: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    if feed == "probabilities":
        return logits.sigmoid(), target
    if feed == "signs":
        return logits, 2.0 * target - 1.0
    if feed == "column":
        return logits.unsqueeze(1), target.unsqueeze(1)
    return logits, target
