"""The Lightning module of `signal`: scaling, network, loss, optimizer and the metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from lightning.pytorch import LightningModule
from torch import Tensor

from trainables import changed_settings, class_metrics, metrics, sculpting
from trainables.architectures.assembly import assemble
from trainables.architectures.inputs import Inputs
from trainables.architectures.piecewise_encoding import place_bins
from trainables.batches import EVAL_ROWS, Batch, FixedBatches, Shard, TensorBatches
from trainables.components import losses, optimizers, schedulers
from trainables.components.adapted_loss import AdaptedLoss
from trainables.components.class_weights import balanced
from trainables.components.disco import Penalty
from trainables.components.disco_config import COMPARED
from trainables.old_config import old_config
from trainables.row_tensors import tensors
from trainables.rows import Rows, Table
from trainables.signal_config import Config
from trainables.stored_scaling import StoredScaling

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SCALING = ("scaling.",)
"""Beginning of the names of the buffers with what the features were scaled by."""

LOSS = "loss."
"""Beginning of the names of the loss's own state, which always follows from the config."""


class Seen(NamedTuple):
    """Events that were validated.

    **Shapes** logits [N] or [N, C], labels [N], weights [N], spectators [N, S].
    """

    logits: Tensor
    labels: Tensor
    weights: Tensor
    spectators: Tensor


class SignalModule(LightningModule):
    """Scores events; of two classes a larger score is more like signal."""

    def __init__(self, config: Config, table: Table, seed: int = 0) -> None:
        super().__init__()
        self.save_hyperparameters({"config": config.model_dump(mode="json", exclude={"logging"})})
        self._config = config
        self._table = table
        self._seed = seed
        self.net = assemble(config.architecture, table.shape)
        self.loss = _loss(config, table)
        self.scaling = StoredScaling(table.scaling)
        place_bins(self.net, lambda: self._tensors(table.train).inputs)
        self._batches: TensorBatches | None = None
        self._view = _view(config, table)
        self._sums: dict[str, Tensor] = {}
        self._n_batches = 0
        self._seen: list[Seen] = []
        self._looked_at: Seen | None = None

    def forward(self, inputs: Inputs) -> Tensor:
        """**Shapes** scaled `Inputs` -> logits [B] of two classes, [B, C] of more."""
        logits: Tensor = self.net(inputs)
        return logits

    def train_dataloader(self) -> TensorBatches:
        shard = Shard(self.trainer.global_rank, self.trainer.world_size)
        data = self._config.data
        self._batches = TensorBatches(
            self._tensors(self._table.train), data.batch_size, self._seed, shard, data.sampler
        )
        return self._batches

    def val_dataloader(self) -> FixedBatches:
        return FixedBatches(self._tensors(self._table.val), EVAL_ROWS)

    def test_dataloader(self) -> FixedBatches:
        return FixedBatches(self._tensors(self._table.test), EVAL_ROWS)

    def on_train_epoch_start(self) -> None:
        assert self._batches is not None
        self._batches.set_epoch(self.current_epoch)
        self._sums = {}
        self._n_batches = 0

    def training_step(self, batch: Batch, batch_idx: int) -> Tensor:
        del batch_idx
        seen = Seen(self(batch.inputs), batch.labels, batch.weights, batch.spectators)
        parts = self._parts(seen)
        for name, value in parts.items():
            self._sums[name] = self._sums.get(name, 0.0) + value.detach()
        self._n_batches += 1
        return parts["loss"]

    def on_train_epoch_end(self) -> None:
        for name, value in self._sums.items():
            mean = value / max(1, self._n_batches)
            self.log(f"train_{name}", mean, sync_dist=self.trainer.world_size > 1)

    def validation_step(self, batch: Batch, batch_idx: int) -> None:
        del batch_idx
        logits = self(batch.inputs).to(batch.weights.dtype)
        self._seen.append(Seen(logits, batch.labels, batch.weights, batch.spectators))

    def test_step(self, batch: Batch, batch_idx: int) -> None:
        self.validation_step(batch, batch_idx)

    def on_validation_epoch_end(self) -> None:
        self._log_metrics("val")

    def on_test_epoch_end(self) -> None:
        self._log_metrics("test")

    def pictures(self) -> dict[str, Figure]:
        """Pictures of the last validation, by their names."""
        from trainables import signal_pictures

        if self._looked_at is None:
            return {}
        arrays = (part.double().cpu().numpy() for part in self._looked_at)
        return signal_pictures.draw(*arrays, table=self._table, view=self._view)

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        if self.trainer.training:
            old, new = map(_driven, (old_config(checkpoint, Config), self._config))
            optimizer, moving = checkpoint["optimizer_states"][0], checkpoint["lr_schedulers"]
            changed_settings.carry_over(old, new, optimizer, moving)

    def configure_optimizers(self) -> Any:
        steps = int(self.trainer.estimated_stepping_batches)
        horizon = schedulers.Horizon(self._config.trainer.max_epochs, steps)
        component = schedulers.moving(self._config.scheduler)
        optimizer = optimizers.build(self._config.optimizer, self.net.parameters(), horizon.steps)
        if component is None:
            return optimizer
        built = schedulers.build(component, optimizer, horizon, self._config.modes())
        plan = {"scheduler": built.scheduler, "interval": built.interval}
        monitor = {} if built.monitor is None else {"monitor": built.monitor}
        return {"optimizer": optimizer, "lr_scheduler": plan | monitor}

    def _loss(self, logits: Tensor, labels: Tensor, weights: Tensor) -> Tensor:
        """The loss in full precision: probabilities in half precision would round to 0 or 1."""
        given = weights if self._config.data.weighted_loss else None
        with torch.autocast(self.device.type, enabled=False):
            loss: Tensor = self.loss(logits.to(weights.dtype), labels, given)
        return loss

    def _parts(self, seen: Seen, most: int | None = None) -> dict[str, Tensor]:
        """The loss, and the penalty that is in it; `most` events are compared for the penalty."""
        loss, disco = self._loss(seen.logits, seen.labels, seen.weights), self._config.disco
        if disco is None:
            return {"loss": loss}
        variables = seen.spectators[:, : len(disco.variables)]
        penalty = Penalty(disco, disco.numbers(self._config.classes()), most)
        value = penalty(seen.logits, seen.labels, seen.weights, variables)
        return {"loss": loss + disco.lambda_ * value, "disco": value}

    def _log_metrics(self, prefix: str) -> None:
        seen = Seen(*(torch.cat(parts) for parts in zip(*self._seen, strict=True)))
        self._seen.clear()
        self._looked_at = seen
        for name, value in (self._parts(seen, COMPARED) | self._metrics(seen)).items():
            self.log(f"{prefix}_{name}", value)

    def _metrics(self, seen: Seen) -> dict[str, float]:
        scores, labels, weights = (
            part.double().cpu().numpy() for part in (seen.logits, seen.labels, seen.weights)
        )
        classified = class_metrics.classified(scores, labels, weights)
        if len(self._table.classes) > 2:
            return class_metrics.summary(classified)
        uncertainty = self._config.significance.background_uncertainty
        events = metrics.scored(scores, labels, weights)
        found = class_metrics.hits(classified) | metrics.summary(events, uncertainty)
        if self._view is None:
            return found
        return found | sculpting.summary(events, seen.spectators.cpu().numpy(), self._view)

    def _tensors(self, rows: Rows) -> Batch:
        return tensors(rows, self.scaling.stored(), len(self._table.classes))


def _driven(config: Config) -> changed_settings.Driven:
    watched = schedulers.watched(config.scheduler, config.modes())
    return changed_settings.Driven(config.optimizer, config.scheduler, config.max_epochs(), watched)


def _view(config: Config, table: Table) -> sculpting.View | None:
    """What sculpting is looked at by; None where there is nothing to look at."""
    if config.sculpting is None or config.data.n_classes > 2:
        return None
    return sculpting.view(config.sculpting, table)


def _loss(config: Config, table: Table) -> AdaptedLoss:
    data, train = config.data, table.train
    weights = train.weights if data.weighted_loss else None
    sums = np.bincount(train.labels, weights=weights, minlength=len(table.classes)).tolist()
    return losses.build(
        config.loss,
        weighted=data.weighted_loss,
        n_classes=len(table.classes),
        class_counts=np.bincount(train.labels).tolist(),
        class_weights=balanced(sums) if data.class_weights == "balanced" else None,
    )
