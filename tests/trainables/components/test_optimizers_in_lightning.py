from __future__ import annotations

import pytest
import torch

from tests.trainables.components.small_net import SmallNet, fitted
from trainables.components import optimizers
from trainables.components.component import Component
from trainables.components.optimizer_table import NOTES

EVERY = [row.name for row in optimizers.table() if row.works]
SINGLE_ONLY = {"fadam"}
"""Optimizers whose own code mixes in single precision."""


@pytest.mark.parametrize("name", EVERY)
def test_every_optimizer_trains_under_lightning(name: str) -> None:
    net = fitted(SmallNet(Component(name=name)))
    assert torch.stack(net.losses).isfinite().all()
    assert net.has_moved()


@pytest.mark.parametrize("name", [name for name in EVERY if name not in SINGLE_ONLY])
def test_every_optimizer_trains_in_double_precision(name: str) -> None:
    net = fitted(SmallNet(Component(name=name)), precision="64-true")
    assert {loss.dtype for loss in net.losses} == {torch.float64}
    assert torch.stack(net.losses).isfinite().all()


@pytest.mark.parametrize("name", sorted(SINGLE_ONLY))
def test_what_fails_in_double_precision_is_noted(name: str) -> None:
    with pytest.raises(RuntimeError):
        fitted(SmallNet(Component(name=name)), precision="64-true")
    assert "trainer.precision: 64" in NOTES[name]
