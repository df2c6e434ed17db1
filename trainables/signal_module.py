"""The Lightning module of `signal`: scaling, network, loss, optimizer and the metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from lightning.pytorch import LightningModule
from torch import Tensor

from trainables import changed_settings, metrics
from trainables.batches import Batch, FixedBatches, Shard, TensorBatches
from trainables.components import losses, optimizers, schedulers
from trainables.signal_config import Config, modes
from trainables.tabular import Rows, Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SCALING = ("mean", "deviation")
"""Buffers with what the features were scaled by."""

LOSS = "loss."
"""Beginning of the names of the loss's own state, which always follows from the config."""

_CLASSES = ("background", "signal")

_EVAL_ROWS = 8192


class SignalModule(LightningModule):
    """Scores rows of a table; a larger score is more like signal."""

    mean: Tensor
    deviation: Tensor

    def __init__(self, config: Config, table: Table, seed: int = 0) -> None:
        super().__init__()
        self.save_hyperparameters({"config": config.model_dump(mode="json", exclude={"logging"})})
        self._config = config
        self._table = table
        self._seed = seed
        self.net = config.architecture.build(len(table.names))
        self.loss = losses.build(config.loss, weighted=config.data.weight is not None)
        self.register_buffer("mean", torch.from_numpy(table.mean.copy()))
        self.register_buffer("deviation", torch.from_numpy(table.deviation.copy()))
        self._batches: TensorBatches | None = None
        self._loss_sum = torch.zeros(())
        self._n_batches = 0
        self._seen: list[tuple[Tensor, Tensor, Tensor]] = []
        self._looked_at: tuple[Tensor, Tensor, Tensor] | None = None

    def forward(self, features: Tensor) -> Tensor:
        """**Shapes** scaled features [B, F] -> logits [B]."""
        logits: Tensor = self.net(features)
        return logits

    def train_dataloader(self) -> TensorBatches:
        shard = Shard(self.trainer.global_rank, self.trainer.world_size)
        batch_size = self._config.data.batch_size
        self._batches = TensorBatches(
            self._tensors(self._table.train), batch_size, self._seed, shard
        )
        return self._batches

    def val_dataloader(self) -> FixedBatches:
        return FixedBatches(self._tensors(self._table.val), _EVAL_ROWS)

    def test_dataloader(self) -> FixedBatches:
        return FixedBatches(self._tensors(self._table.test), _EVAL_ROWS)

    def on_train_epoch_start(self) -> None:
        assert self._batches is not None
        self._batches.set_epoch(self.current_epoch)
        self._loss_sum = torch.zeros((), device=self.device)
        self._n_batches = 0

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        del batch_idx
        features, labels, weights = batch
        loss = self._loss(self(features), labels, weights)
        self._loss_sum = self._loss_sum + loss.detach()
        self._n_batches += 1
        return loss

    def on_train_epoch_end(self) -> None:
        mean = self._loss_sum / max(1, self._n_batches)
        self.log("train_loss", mean, sync_dist=self.trainer.world_size > 1)

    def validation_step(self, batch: Batch, batch_idx: int) -> None:
        del batch_idx
        features, labels, weights = batch
        logits = self(features)
        self._seen.append((logits.to(labels.dtype), labels, weights))

    def test_step(self, batch: Batch, batch_idx: int) -> None:
        self.validation_step(batch, batch_idx)

    def on_validation_epoch_end(self) -> None:
        self._log_metrics("val")

    def on_test_epoch_end(self) -> None:
        self._log_metrics("test")

    def pictures(self) -> dict[str, Figure]:
        """Pictures of the last validation, by their names."""
        from trainables.pictures import shown, table

        if self._looked_at is None:
            return {}
        logits, labels, weights = (part.double().cpu().numpy() for part in self._looked_at)
        return table.draw(shown.of_logits(logits, labels, weights, _CLASSES))

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        if self.trainer.training:
            changed_settings.apply(checkpoint, self._config)

    def configure_optimizers(self) -> Any:
        steps = int(self.trainer.estimated_stepping_batches)
        horizon = schedulers.Horizon(self._config.trainer.max_epochs, steps)
        component = self._config.scheduler
        optimizer = optimizers.build(self._config.optimizer, self.net.parameters(), horizon.steps)
        if component is None or schedulers.is_constant(component):
            return optimizer
        built = schedulers.build(component, optimizer, horizon, modes())
        plan = {"scheduler": built.scheduler, "interval": built.interval}
        monitor = {} if built.monitor is None else {"monitor": built.monitor}
        return {"optimizer": optimizer, "lr_scheduler": plan | monitor}

    def _loss(self, logits: Tensor, labels: Tensor, weights: Tensor) -> Tensor:
        """The loss in full precision: probabilities in half precision would round to 0 or 1."""
        given = weights if self._config.data.weight is not None else None
        with torch.autocast(self.device.type, enabled=False):
            loss: Tensor = self.loss(logits.to(labels.dtype), labels, given)
        return loss

    def _log_metrics(self, prefix: str) -> None:
        logits, labels, weights = (torch.cat(parts) for parts in zip(*self._seen, strict=True))
        self._seen.clear()
        self._looked_at = logits, labels, weights
        self.log(f"{prefix}_loss", self._loss(logits, labels, weights))
        events = metrics.scored(
            *(part.double().cpu().numpy() for part in (logits, labels, weights))
        )
        uncertainty = self._config.significance.background_uncertainty
        for name, value in metrics.summary(events, uncertainty).items():
            self.log(f"{prefix}_{name}", value)

    def _tensors(self, rows: Rows) -> Batch:
        """Scaled once here in double precision, so that a batch costs nothing."""
        raw = torch.from_numpy(rows.features)
        features = ((raw - self.mean.cpu()) / self.deviation.cpu()).float()
        labels = torch.from_numpy(rows.labels).float()
        weights = rows.weights
        given = torch.ones_like(labels) if weights is None else torch.from_numpy(weights).float()
        return features, labels, given
