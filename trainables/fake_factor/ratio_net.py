"""A network that gives the logarithm of a ratio of two densities."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from trainables.fake_factor import losses, pulls
from trainables.fake_factor.stages import Stage

_ROWS = 8192


class RatioNet(nn.Module):
    """The network of a stage with its loss. **Shapes** features [B, F] -> outputs [B] or [B, H]."""

    log_odds: Tensor
    """The log of the sums of weights, numerator over denominator, that balancing took out."""

    def __init__(self, stage: Stage, n_features: int) -> None:
        super().__init__()
        self.stage = stage
        self.net = stage.architecture.build(n_features, stage.ensemble.size)
        self.ratio_loss = losses.build(stage.loss)
        self.register_buffer("log_odds", torch.zeros((), dtype=torch.float64))

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
            return mean + pulls.pull(self.stage.loss, log_ratio, labels, weights)

    @torch.no_grad()
    def log_ratio(self, features: Tensor) -> Tensor:
        """The log of r in evaluation, averaged over outputs. **Shapes** [N, F] -> [N], double."""
        was_training = self.training
        self.eval()
        like = next(self.parameters())
        parts = [self(rows.to(like.dtype)) for rows in torch.split(features, _ROWS)]
        self.train(was_training)
        logs = self.ratio_loss.log_ratio(torch.cat(parts).double())
        return self.log_odds + (logs if logs.dim() == 1 else logs.mean(dim=1))

    def balance(self, labels: Tensor, weights: Tensor) -> Tensor:
        """Factors that give both classes the same sum of sizes, if the loss wants it.

        The ratio that is learned so is multiplied by the sums that they had: the prior odds.

        **Shapes** [N], [N] -> [N].
        """
        if not self.stage.loss.balanced:
            return torch.ones_like(weights)
        sizes = weights.abs().double()
        one, zero = ((sizes * own).sum().clamp_min(1e-12) for own in (labels, 1.0 - labels))
        self.log_odds.fill_((one / zero).log())
        return torch.where(labels > 0.5, 1.0 / one, 1.0 / zero).to(weights.dtype)
