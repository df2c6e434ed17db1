"""A small network under an optimizer and a scheduler, trained by a real Lightning trainer."""

from __future__ import annotations

import warnings
from typing import Any

import torch
from lightning.pytorch import LightningModule, Trainer
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from trainables.components import optimizers, schedulers
from trainables.components.component import Component, SchedulerComponent

ROWS, BATCH = 96, 16
STEPS = ROWS // BATCH
"""Optimizer steps in an epoch."""


class SmallNet(LightningModule):
    """Keeps its losses and the rate of each step."""

    def __init__(
        self, optimizer: Component, scheduler: SchedulerComponent | None = None, epochs: int = 1
    ) -> None:
        super().__init__()
        self.optimizer, self.scheduler, self.epochs = optimizer, scheduler, epochs
        torch.manual_seed(0)
        self.net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.BatchNorm1d(8), nn.Linear(8, 1))
        self.losses: list[Tensor] = []
        self.rates: list[float] = []

    def training_step(self, batch: list[Tensor], batch_idx: int) -> Tensor:
        features, target = (part.to(self.dtype) for part in batch)
        logits = self.net(features)[:, 0]
        loss = nn.functional.binary_cross_entropy_with_logits(logits, target)
        self.losses.append(loss.detach())
        self.rates.append(float(self.trainer.optimizers[0].param_groups[0].get("lr", 0.0)))
        return loss

    def validation_step(self, batch: list[Tensor], batch_idx: int) -> None:
        self.log("val_auc", 0.5)

    def train_dataloader(self) -> DataLoader[Any]:
        features = torch.randn(ROWS, 4)
        return DataLoader(TensorDataset(features, (features[:, 0] > 0).float()), batch_size=BATCH)

    def val_dataloader(self) -> DataLoader[Any]:
        return DataLoader(TensorDataset(torch.zeros(1, 4), torch.zeros(1)))

    def configure_optimizers(self) -> Any:
        horizon = schedulers.Horizon(self.epochs, self.epochs * STEPS)
        optimizer = optimizers.build(self.optimizer, self.net.parameters(), horizon.steps)
        if self.scheduler is None:
            return optimizer
        built = schedulers.build(self.scheduler, optimizer, horizon, {"val_auc": "max"})
        plan = {"scheduler": built.scheduler, "interval": built.interval}
        watched = {} if built.monitor is None else {"monitor": built.monitor}
        return {"optimizer": optimizer, "lr_scheduler": plan | watched}

    def has_moved(self) -> bool:
        """Whether a weight differs from where it began."""
        start = SmallNet(self.optimizer).net.to(self.dtype).parameters()
        pairs = zip(start, self.net.parameters(), strict=True)
        return any(not torch.equal(before, after) for before, after in pairs)


def fitted(net: SmallNet, **trainer: Any) -> SmallNet:
    """The net after its epochs, its gradients clipped."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        Trainer(
            max_epochs=net.epochs,
            accelerator="cpu",
            devices=1,
            gradient_clip_val=0.5,
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            num_sanity_val_steps=0,
            **trainer,
        ).fit(net)
    return net
