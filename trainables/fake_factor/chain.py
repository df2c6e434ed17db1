"""The networks of one chain, and what they say together."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from trainables.architectures.inputs import Inputs
from trainables.architectures.piecewise_encoding import place_bins
from trainables.fake_factor.closure import Estimate
from trainables.fake_factor.config import Subtraction
from trainables.fake_factor.events import Events
from trainables.fake_factor.ratio_net import RatioNet
from trainables.fake_factor.stages import Stage, StageName
from trainables.fake_factor.subtraction import fake_weights


class Chain(nn.Module):
    """Tight and loose, whose ratios make fake weights, and ratio, which is the fake factor."""

    def __init__(
        self, stages: Mapping[StageName, Stage], n_features: int, subtraction: Subtraction
    ) -> None:
        super().__init__()
        self.nets = nn.ModuleDict(
            {name: RatioNet(stage, n_features) for name, stage in stages.items()}
        )
        self._subtraction = subtraction

    def net(self, name: str) -> RatioNet:
        """The network of a stage."""
        found = self.nets[name]
        assert isinstance(found, RatioNet)
        return found

    def place(self, features: Tensor) -> None:
        """Lay the bins of encoded features by the training part. **Shapes** [N, F]."""
        for name in self.nets:
            place_bins(self.net(name).net, lambda: Inputs(features, {}, {}, {}))

    def training_factors(self, features: Tensor, is_tight: Tensor) -> Tensor:
        """Fake weights of the rows that ratio is trained on. **Shapes** [N, F], [N] -> [N]."""
        if "tight" not in self.nets:
            return torch.ones(len(features), device=features.device)
        return fake_weights(self._log_ratio(features, is_tight), is_tight, self._subtraction)

    def estimate(self, events: Events, features: Tensor) -> Estimate:
        """What the chain says of events. **Shapes** scaled features [N, F]."""
        log_ff = self.net("ratio").log_ratio(features).cpu().numpy()
        carries = torch.from_numpy(events.is_data == (self._subtraction.use == "data"))
        if "tight" not in self.nets:
            return Estimate(log_ff, carries.double().numpy(), 0.0)
        is_tight = torch.from_numpy(events.is_tight)
        logs = self._log_ratio(features, is_tight.to(features.device)).cpu()[carries]
        weights = torch.zeros(len(events), dtype=torch.float64)
        weights[carries] = fake_weights(logs, is_tight[carries], self._subtraction)
        return Estimate(log_ff, weights.numpy(), float((logs < 0).double().mean()))

    def _log_ratio(self, features: Tensor, is_tight: Tensor) -> Tensor:
        """The log of data over MC, by the network of each event's own region."""
        logs = torch.zeros(len(features), dtype=torch.float64, device=features.device)
        for name, chosen in (("tight", is_tight), ("loose", ~is_tight)):
            logs[chosen] = self.net(name).log_ratio(features[chosen])
        return logs
