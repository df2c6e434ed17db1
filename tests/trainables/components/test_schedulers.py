from __future__ import annotations

import io
from typing import Any

import pytest
import torch
from pytorch_optimizer import get_supported_lr_schedulers
from torch.optim import lr_scheduler

from tests.trainables.components.small_net import STEPS, SmallNet, fitted
from trainables.checkpoint_file import plain
from trainables.components import schedulers
from trainables.components.component import Component, SchedulerComponent
from trainables.components.schedulers import Horizon
from trainables.components.warmups import WARMUPS
from trainables.contract import ConfigError

MODES = {"val_auc": "max", "val_loss": "min"}
TORCH = [
    name
    for name, member in vars(lr_scheduler).items()
    if isinstance(member, type)
    and issubclass(member, lr_scheduler.LRScheduler)
    and "LRScheduler" not in name
]
PYTORCH_OPTIMIZER = [*get_supported_lr_schedulers(), "deberta_v3_large_lr_scheduler"]
EVERY = [*TORCH, "SWALR", *PYTORCH_OPTIMIZER, *WARMUPS]

FUNCTION = "it needs a function"
SCHEDULERS = "it is built from other schedulers"
REFUSED = {
    "ChainedScheduler": SCHEDULERS,
    "LambdaLR": FUNCTION,
    "MultiplicativeLR": FUNCTION,
    "SWALR": "averaging weights",
    "SequentialLR": SCHEDULERS,
    "deberta_v3_large_lr_scheduler": "the weights of one model",
    "multiplicative": FUNCTION,
    "poly": "beyond its own max_lr",
    "proportion": SCHEDULERS,
}
"""What the libraries have but no config may name, with the heart of the reason."""

NEEDED: dict[str, dict[str, Any]] = {
    "CyclicLR": {"base_lr": 0.1, "max_lr": 1.0},
    "ExponentialLR": {"gamma": 0.9},
    "LinearWarmup": {"warmup_fraction": 0.5},
    "MultiStepLR": {"milestones": [2, 4]},
    "OneCycleLR": {"max_lr": 1.0},
    "ReduceLROnPlateau": {"patience": 1},
    "StepLR": {"step_size": 2},
    "cosine": {"max_lr": 1.0},
    "cyclic": {"base_lr": 0.1, "max_lr": 1.0},
    "linear": {"max_lr": 1.0},
    "multi_step": {"milestones": [2, 4]},
    "one_cycle": {"max_lr": 1.0},
    "step": {"step_size": 2},
}


class Schedule:
    """A scheduler around SGD with momentum, moved as Lightning does."""

    def __init__(self, steps: int = 8, **given: Any) -> None:
        parameter = torch.nn.Parameter(torch.zeros(1))
        self.optimizer = torch.optim.SGD([parameter], lr=0.5, momentum=0.9)
        component = SchedulerComponent(**given)
        self.built = schedulers.build(component, self.optimizer, Horizon(8, steps), MODES)

    def rates(self, n: int) -> list[float]:
        found = []
        for _ in range(n):
            found.append(float(self.optimizer.param_groups[0]["lr"]))
            self.optimizer.step()
            watched = () if self.built.monitor is None else (1.0,)
            self.built.scheduler.step(*watched)
        return found


@pytest.mark.parametrize(("name", "reason"), REFUSED.items())
def test_a_scheduler_that_cannot_work_here_says_why(name: str, reason: str) -> None:
    with pytest.raises(ConfigError) as error:
        Schedule(name=name)
    assert error.value.key == "scheduler.name"
    assert error.value.message.startswith(f"{name} cannot be used: ")
    assert reason in error.value.message


def test_what_is_refused_and_what_may_be_named_is_all_that_there_is() -> None:
    # `none` is ours: no scheduler at all
    assert {*EVERY, "none"} - set(schedulers.names()) == set(REFUSED)


@pytest.mark.parametrize("name", [name for name in EVERY if name not in REFUSED])
@pytest.mark.filterwarnings("ignore")
def test_every_other_scheduler_runs_and_resumes(name: str) -> None:
    given = {"name": name, **NEEDED.get(name, {})}
    schedule = Schedule(**given)
    expected = Schedule(**given).rates(7)
    assert len(set(expected)) > 1
    schedule.rates(3)
    file = io.BytesIO()
    state = (schedule.optimizer.state_dict(), schedule.built.scheduler.state_dict())
    torch.save(plain(state), file)
    file.seek(0)
    resumed = Schedule(**given)
    for part, loaded in zip(
        (resumed.optimizer, resumed.built.scheduler),
        torch.load(file, weights_only=True),
        strict=True,
    ):
        part.load_state_dict(loaded)
    assert resumed.rates(4) == expected[3:]


@pytest.mark.parametrize("name", [name for name in EVERY if name not in REFUSED])
@pytest.mark.filterwarnings("ignore")
def test_lightning_moves_every_scheduler_when_it_says(name: str) -> None:
    given = {"name": name, **NEEDED.get(name, {})}
    sgd = Component.model_validate({"name": "SGD", "lr": 0.5, "momentum": 0.9})
    net = fitted(SmallNet(sgd, SchedulerComponent(**given), epochs=8))
    alone = Schedule(steps=8 * STEPS, **given)
    each = 1 if alone.built.interval == "step" else STEPS
    expected = [rate for rate in alone.rates(8 * STEPS // each) for _ in range(each)]
    assert net.rates == pytest.approx(expected)


@pytest.mark.parametrize("name", ["none", "None", None])
def test_no_scheduler_is_a_constant_rate(name: str | None) -> None:
    assert schedulers.is_constant(None if name is None else SchedulerComponent(name=name))


@pytest.mark.parametrize("key", ["patiense", "interval", "monitor"])
def test_no_scheduler_takes_no_other_key(key: str) -> None:
    component = SchedulerComponent.model_validate({"name": "None", key: "epoch"})
    with pytest.raises(ConfigError) as error:
        schedulers.moving(component)
    assert error.value.key == f"scheduler.{key}"


def test_a_missing_horizon_is_the_length_of_the_fit() -> None:
    # By hand: a cosine over all 8 epochs stands at half of 0.5 after 4 of them.
    assert Schedule(name="CosineAnnealingLR").rates(5)[4] == pytest.approx(0.25)


def test_the_horizon_counts_steps_where_the_scheduler_does() -> None:
    schedule = Schedule(steps=80, name="CosineAnnealingLR", interval="step")
    assert schedule.rates(41)[40] == pytest.approx(0.25)


@pytest.mark.parametrize("interval", ["epoch", "step"])
def test_a_warm_up_is_stretched_over_what_it_counts(interval: str) -> None:
    # By hand: half of 8 epochs, or of 80 steps, rise to 0.5; then half a cosine falls to 0.
    schedule = Schedule(steps=80, name="CosineWarmup", warmup_fraction=0.5, interval=interval)
    length = {"epoch": 8, "step": 80}[interval]
    rates = schedule.rates(length)
    assert rates[length // 2 - 1] == pytest.approx(0.5)
    assert rates[3 * length // 4 - 1] == pytest.approx(0.25)
    assert rates[-1] == pytest.approx(0.0)


def test_a_missing_cycle_is_a_share_of_the_fit() -> None:
    # By hand: four cycles in 8 epochs, each from 0.5 by half a cosine over two epochs.
    rates = Schedule(name="CosineAnnealingWarmRestarts").rates(6)
    assert rates == pytest.approx([0.5, 0.25, 0.5, 0.25, 0.5, 0.25])


def test_a_missing_rise_stand_and_fall_fill_the_fit() -> None:
    # By hand: of 100 steps 5 rise, 75 stand, and 20 fall to 0.
    rates = Schedule(steps=100, name="warmup_stable_decay", cooldown_type="linear").rates(101)
    assert rates[5] == rates[80] == pytest.approx(0.5)
    assert rates[90] == pytest.approx(0.25)
    assert rates[100] == pytest.approx(0.0)


def test_a_given_horizon_is_kept() -> None:
    assert Schedule(name="CosineAnnealingLR", T_max=4).rates(5)[4] == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("name", "interval"),
    [
        ("CosineWarmup", "step"),
        ("OneCycleLR", "step"),
        ("ExponentialLR", "epoch"),
        ("rex", "step"),
        ("REX", "step"),
    ],
)
def test_a_scheduler_moves_when_it_suits_it(name: str, interval: str) -> None:
    assert Schedule(name=name, **NEEDED.get(name, {})).built.interval == interval


@pytest.mark.parametrize(("monitor", "mode"), [(None, "max"), ("val_loss", "min")])
def test_the_plateau_looks_where_the_metric_gets_better(monitor: str | None, mode: str) -> None:
    built = Schedule(name="ReduceLROnPlateau", monitor=monitor).built
    assert built.monitor == (monitor or "val_auc")
    assert built.scheduler.mode == mode


@pytest.mark.parametrize(
    ("given", "key", "message"),
    [
        ({"name": "StepLR"}, "scheduler.step_size", "needs this argument"),
        ({"name": "StepLR", "step_sise": 1}, "scheduler.step_sise", "did you mean 'step_size'"),
        ({"name": "CosineAnealingLR"}, "scheduler.name", "did you mean 'CosineAnnealingLR'"),
        ({"name": "LambdaLR"}, "scheduler.name", "it needs a function"),
        ({"name": "ReduceLROnPlateau", "mode": "min"}, "scheduler.mode", "takes no such argument"),
        ({"name": "ReduceLROnPlateau", "monitor": "x"}, "scheduler.monitor", "no metric 'x'"),
        ({"name": "ReduceLROnPlateau", "interval": "step"}, "scheduler.interval", "leave"),
        (
            {"name": "ExponentialLR", "gamma": 0.9, "monitor": "val_auc"},
            "scheduler.monitor",
            "only",
        ),
        ({"name": "CosineWarmup", "warmup_fraction": 2.0}, "scheduler.warmup_fraction", "0..1"),
    ],
)
def test_what_is_refused_is_named(given: Any, key: str, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        Schedule(**given)
    assert error.value.key == key
    assert message in error.value.message


def test_the_table_holds_every_scheduler_once() -> None:
    rows = schedulers.table()
    assert sorted(entry.row.name for entry in rows) == sorted(EVERY)
    assert {entry.row.name for entry in rows if not entry.row.works} == set(REFUSED)


def test_the_table_knows_twins() -> None:
    twins = {entry.row.name: entry.row.same_as for entry in schedulers.table()}
    assert twins["cosine_annealing"] == "CosineAnnealingLR"
    assert twins["rex"] == twins["CosineAnnealingLR"] == ""
