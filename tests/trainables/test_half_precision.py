from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from trainables import signal
from trainables.half_precision import HALVES, halve
from trainables.sections import TrainerSection
from trainables.signal import Config

Small = Callable[..., Config]


class Net(nn.Module):
    """Takes what a network of ours may take: a mapping of numbers and masks."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(2, 1)
        self.seen: list[torch.dtype] = []

    def forward(self, batch: dict[str, Tensor], *, shift: Tensor) -> Tensor:
        self.seen = [batch["x"].dtype, batch["mask"].dtype, shift.dtype]
        out: Tensor = self.linear(batch["x"]) + shift
        return out


@pytest.mark.parametrize("precision", HALVES)
def test_only_what_is_inside_a_network_is_in_half_precision(precision: Any) -> None:
    net = Net()
    left = halve(net, TrainerSection(precision=precision))
    batch = {"x": torch.ones(3, 2), "mask": torch.ones(3, dtype=torch.bool)}
    out = net(batch, shift=torch.ones(1))
    dtype = HALVES[precision]
    assert net.seen == [dtype, torch.bool, dtype]
    assert {part.dtype for part in net.parameters()} == {dtype}
    assert out.dtype is torch.float32
    assert left.precision == 32


def test_any_other_precision_is_lightning_s() -> None:
    net, section = Net(), TrainerSection(precision="bf16-mixed")
    assert halve(net, section) is section
    assert {part.dtype for part in net.parameters()} == {torch.float32}


@pytest.mark.parametrize("precision", HALVES)
def test_a_checkpoint_holds_the_network_in_half_precision_and_its_scaling_whole(
    precision: Any, small: Small, new_trial: Any
) -> None:
    full, half = (new_trial() for _ in range(2))
    signal.fit(small(), full)
    signal.fit(small(trainer={"precision": precision}), half)
    whole, rounded = (
        torch.load(trial.checkpoints[3], weights_only=True)["state_dict"] for trial in (full, half)
    )
    own = {name for name in rounded if name.startswith("net.")}
    assert {rounded[name].dtype for name in own} == {HALVES[precision]}
    others = set(rounded) - own
    assert others
    assert all(torch.equal(rounded[name], whole[name]) for name in others)
