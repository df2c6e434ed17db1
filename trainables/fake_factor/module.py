"""The Lightning module of `fakes`: three networks that are trained in turn in every epoch.

An epoch trains tight and loose on data against MC, weighs the events by what they say then, and
trains ratio on the weighted events. So every epoch has a closure, and a search may compare trials
after any number of them; all that the next epoch needs lies in networks, optimizers and schedulers.
"""

from __future__ import annotations

from typing import Any, cast

import torch
from lightning.pytorch import LightningModule
from lightning.pytorch.core.optimizer import LightningOptimizer
from torch import Tensor, nn

from trainables.batches import Shard
from trainables.components import schedulers
from trainables.epoch_end import switch
from trainables.fake_factor import changed_stages, closure
from trainables.fake_factor.batches import ChainBatches, Step, Whole
from trainables.fake_factor.chain import Chain
from trainables.fake_factor.config import Config
from trainables.fake_factor.drivers import Drivers
from trainables.fake_factor.event_table import EventTable
from trainables.fake_factor.events import Events
from trainables.fake_factor.metrics import summarised
from trainables.fake_factor.ratio_net import RatioNet
from trainables.fake_factor.stages import stages
from trainables.fake_factor.subtraction import of_mean_size_one
from trainables.fake_factor.tasks import Task, tasks

SCALING = ("mean", "deviation")
"""Buffers with what the features were scaled by."""


class ChainModule(LightningModule):
    """One chain of networks, or several side by side whose metrics are reported as one."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, config: Config, table: EventTable, seed: int = 0) -> None:
        super().__init__()
        self.automatic_optimization = False
        self.save_hyperparameters({"config": config.model_dump(mode="json", exclude={"logging"})})
        self._config = config
        self._table = table
        self._seed = seed
        self._stages = stages(config)
        self.chains = nn.ModuleList(
            Chain(self._stages, len(table.names), config.subtraction)
            for _ in range(config.trainer.repeats)
        )
        self.register_buffer("mean", torch.from_numpy(table.mean.copy()))
        self.register_buffer("deviation", torch.from_numpy(table.deviation.copy()))
        for number in range(len(self.chains)):
            self.chain(number).place(self._scaled(table.train))
        self._tasks: list[Task] = []
        self._drivers = Drivers({})
        self._batches: ChainBatches | None = None
        self._task = 0
        self._factors = torch.zeros(0)
        self._losses: dict[str, list[Tensor]] = {}
        self._has_validated = False

    def chain(self, number: int) -> Chain:
        """One of the chains."""
        return cast(Chain, self.chains[number])

    def net(self, task: int) -> RatioNet:
        """The network that a task trains: chain after chain, each in the order of its stages."""
        number, place = divmod(task, len(self._stages))
        return self.chain(number).net(list(self._stages)[place])

    def train_dataloader(self) -> ChainBatches:
        shard = Shard(self.trainer.global_rank, self.trainer.world_size)
        self._batches = ChainBatches(self._laid_out(), self._seed, shard)
        return self._batches

    def val_dataloader(self) -> Whole:
        return Whole(self._scaled(self._table.val))

    def test_dataloader(self) -> Whole:
        return Whole(self._scaled(self._table.test))

    def on_train_epoch_start(self) -> None:
        assert self._batches is not None
        self._batches.set_epoch(self.current_epoch)
        self._losses = {name: [] for name in self._stages}
        self._has_validated = False

    def training_step(self, step: Step, batch_idx: int) -> Tensor:
        del batch_idx
        self._task = step.task
        net = self.net(step.task)
        if step.first:
            self._factors = self._settled(step.task)
        factors = self._factors[step.rows].to(step.weights.dtype)
        weights = step.weights * (factors if step.weights.dim() == 1 else factors.unsqueeze(1))
        optimizer = self._optimizer(step.task)
        # under a gradient scaler, a step returns nothing
        seen: list[Tensor] = []

        def lower() -> Tensor:
            # some optimizers call this where gradients are switched off
            with torch.enable_grad():
                optimizer.zero_grad()
                seen.append(self._accumulated(net, step, weights))
            return seen[-1]

        optimizer.step(lower)
        self._losses[net.stage.name].append(seen[0])
        self._drivers.move(step.task, "step")
        if step.last:
            self._drivers.move(step.task, "epoch")
        return seen[0]

    def on_before_optimizer_step(self, optimizer: Any) -> None:
        del optimizer
        net = self.net(self._task)
        if net.stage.gradient_clip_val is not None:
            nn.utils.clip_grad_norm_(net.parameters(), net.stage.gradient_clip_val)

    def on_train_epoch_end(self) -> None:
        for name, values in self._losses.items():
            mean = torch.stack(values).mean()
            self.log(f"train_loss_{name}", mean, sync_dist=self.trainer.world_size > 1)
        if self._has_validated:
            self._drivers.show(self._seen())

    def validation_step(self, features: Tensor, batch_idx: int) -> None:
        del batch_idx
        self._log_metrics("val", self._table.val, features)
        self._has_validated = True

    def test_step(self, features: Tensor, batch_idx: int) -> None:
        del batch_idx
        self._log_metrics("test", self._table.test, features)

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        if self.trainer.training:
            changed_stages.apply(checkpoint, self._config)

    def configure_optimizers(self) -> Any:
        epochs, modes = self._config.trainer.max_epochs, self._config.modes()
        self._drivers = Drivers(modes)
        return [
            self._drivers.add(
                self.net(number),
                schedulers.Horizon(epochs, epochs * task.n_steps(self.trainer.world_size)),
            )
            for number, task in enumerate(self._laid_out())
        ]

    def _laid_out(self) -> list[Task]:
        """The training rows of every task."""
        if not self._tasks:
            train = self._table.train
            self._tasks = tasks(self._config, train, self._scaled(train), self._seed)
        return self._tasks

    def _settled(self, task: int) -> Tensor:
        """What multiplies the weights of a network's rows in this pass. -> [N], double."""
        rows, net = self._laid_out()[task].rows.to(self.device), self.net(task)
        own = rows.weights.double()
        own = own if own.dim() == 1 else own.mean(dim=1)
        factors = torch.ones_like(own)
        if net.stage.name == "ratio":
            chain = self.chain(task // len(self._stages))
            switch(self.trainer, "eval")
            factors = chain.training_factors(rows.features, rows.labels > 0.5).double()
            switch(self.trainer, "train")
        factors = factors * net.balance(rows.labels, factors * own)
        return of_mean_size_one(factors, own)

    def _accumulated(self, net: RatioNet, step: Step, weights: Tensor) -> Tensor:
        """The loss of a step, with its gradients: the mean over the batches that it adds up."""
        n_parts = min(self._config.trainer.accumulate_grad_batches, len(step.rows))
        total = torch.zeros((), device=self.device)
        parts = (part.tensor_split(n_parts) for part in (step.features, step.labels, weights))
        for features, labels, own in zip(*parts, strict=True):
            loss = net.loss(features, labels, own) / n_parts
            self.manual_backward(loss + self._idle())
            total = total + loss.detach()
        return total

    def _idle(self) -> Tensor | float:
        """Nothing, with a gradient of 0 for every network: several workers wait for all of them."""
        if self.trainer.world_size == 1:
            return 0.0
        return 0.0 * torch.stack([part.sum() for part in self.chains.parameters()]).sum()

    def _optimizer(self, task: int) -> LightningOptimizer:
        every = self.optimizers()
        return every[task] if isinstance(every, list) else every

    def _seen(self) -> dict[str, float]:
        """What was reported, on all ranks as on the first: batch normalisation makes it differ."""
        seen = {name: float(value) for name, value in self.trainer.callback_metrics.items()}
        return dict(self.trainer.strategy.broadcast(seen))

    def _log_metrics(self, prefix: str, events: Events, features: Tensor) -> None:
        has_mc = "tight" in self._stages
        found = [
            closure.summary(events, self._table.edges, chain.estimate(events, features), has_mc)
            for chain in map(self.chain, range(len(self.chains)))
        ]
        for name in found[0]:
            values = [one[name] for one in found]
            self.log(f"{prefix}_{name}", summarised(name, values, self._config.trainer.summary))

    def _scaled(self, events: Events) -> Tensor:
        """Scaled once here in double precision, so that a batch costs nothing."""
        raw = torch.from_numpy(events.features)
        return ((raw - self.mean.cpu()) / self.deviation.cpu()).float()
