"""A network that gives the logarithm of a ratio of two densities."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from trainables.fake_factor import losses
from trainables.fake_factor.stages import Stage

_ROWS = 8192


class RatioNet(nn.Module):
    """The network of a stage with its loss. **Shapes** features [B, F] -> outputs [B] or [B, H]."""

    def __init__(self, stage: Stage, n_features: int) -> None:
        super().__init__()
        self.stage = stage
        self.net = stage.architecture.build(n_features, stage.ensemble.size)
        self.ratio_loss = losses.build(stage.loss)

    def forward(self, features: Tensor) -> Tensor:
        outputs: Tensor = self.net(features)
        return outputs

    def loss(self, features: Tensor, labels: Tensor, weights: Tensor) -> Tensor:
        """What training lowers. **Shapes** [B, F], [B], [B] or [B, H] -> scalar."""
        outputs = self(features)
        # In half precision exponentials would overflow.
        with torch.autocast(outputs.device.type, enabled=False):
            outputs = outputs.to(weights.dtype)
            if outputs.dim() > weights.dim():
                weights = weights.unsqueeze(1).expand_as(outputs)
            mean = losses.weighted_mean(self.ratio_loss, outputs, labels, weights)
            log_ratio = self.ratio_loss.log_ratio(outputs)
            return mean + losses.pull(self.stage.loss, log_ratio, labels, weights)

    @torch.no_grad()
    def log_ratio(self, features: Tensor) -> Tensor:
        """The log of r in evaluation, averaged over outputs. **Shapes** [N, F] -> [N], double."""
        was_training = self.training
        self.eval()
        like = next(self.parameters())
        parts = [self(rows.to(like.dtype)) for rows in torch.split(features, _ROWS)]
        self.train(was_training)
        logs = self.ratio_loss.log_ratio(torch.cat(parts).double())
        return logs if logs.dim() == 1 else logs.mean(dim=1)
