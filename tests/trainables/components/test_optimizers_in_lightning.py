from __future__ import annotations

import warnings
from typing import Any

import pytest
import torch
from lightning.pytorch import LightningModule, Trainer
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from trainables.components import optimizers
from trainables.components.component import Component
from trainables.components.optimizer_table import NOTES

EVERY = [row.name for row in optimizers.table() if row.works]
SINGLE_ONLY = {"fadam"}
"""Optimizers whose own code mixes in single precision."""


class Net(LightningModule):
    """A small network on 96 rows under one optimizer."""

    def __init__(self, component: Component) -> None:
        super().__init__()
        self.component = component
        torch.manual_seed(0)
        self.net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.BatchNorm1d(8), nn.Linear(8, 1))
        self.losses: list[Tensor] = []

    def training_step(self, batch: list[Tensor], batch_idx: int) -> Tensor:
        features, target = (part.to(self.dtype) for part in batch)
        logits = self.net(features)[:, 0]
        loss = nn.functional.binary_cross_entropy_with_logits(logits, target)
        self.losses.append(loss.detach())
        return loss

    def train_dataloader(self) -> DataLoader[Any]:
        features = torch.randn(96, 4)
        return DataLoader(TensorDataset(features, (features[:, 0] > 0).float()), batch_size=16)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return optimizers.build(self.component, self.net.parameters(), steps=6)


def fitted(name: str, **trainer: Any) -> Net:
    """A net after an epoch of six batches in a real trainer, its gradients clipped."""
    net = Net(Component(name=name))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        Trainer(
            max_epochs=1,
            accelerator="cpu",
            devices=1,
            gradient_clip_val=0.5,
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            **trainer,
        ).fit(net)
    return net


def has_moved(net: Net) -> bool:
    start = Net(net.component).net.to(net.dtype).parameters()
    return any(not torch.equal(*pair) for pair in zip(start, net.net.parameters(), strict=True))


@pytest.mark.parametrize("name", EVERY)
def test_every_optimizer_trains_under_lightning(name: str) -> None:
    net = fitted(name)
    assert torch.stack(net.losses).isfinite().all()
    assert has_moved(net)


@pytest.mark.parametrize("name", [name for name in EVERY if name not in SINGLE_ONLY])
def test_every_optimizer_trains_in_double_precision(name: str) -> None:
    net = fitted(name, precision="64-true")
    assert net.net[0].weight.dtype == torch.float64
    assert torch.stack(net.losses).isfinite().all()


@pytest.mark.parametrize("name", sorted(SINGLE_ONLY))
def test_what_fails_in_double_precision_is_noted(name: str) -> None:
    with pytest.raises(RuntimeError):
        fitted(name, precision="64-true")
    assert "trainer.precision: 64" in NOTES[name]
