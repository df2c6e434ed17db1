from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from trainables import signal
from trainables.contract import ConfigError
from trainables.signal import Config

Small = Callable[..., Config]


PLANS: dict[str, dict[str, Any]] = {
    "dropout": {},
    "plateau": {
        "scheduler": {"name": "ReduceLROnPlateau", "patience": 0, "threshold": 1.0},
        "optimizer": {"name": "Adam", "lr": 0.01},
    },
    "a part of the batches": {"trainer": {"max_epochs": 5, "limit_train_batches": 2}},
    "every step": {"scheduler": {"name": "CosineWarmup", "warmup_fraction": 0.3}},
    "one cycle": {"scheduler": {"name": "OneCycleLR", "max_lr": 0.01}},
    "no state of its own": {"scheduler": {"name": "cosine", "max_lr": 0.01, "interval": "step"}},
    "numpy rates": {"scheduler": {"name": "chebyshev"}},
    "schedule-free": {"optimizer": {"name": "schedulefreeadamw", "lr": 0.01}},
    "shrinking rate": {"trainer": {"max_epochs": 5, "reduce_lr_on_epoch": 0.5}},
    "early stopping": {
        "early_stopping": {"monitor": "train_loss", "patience": 2, "min_delta": 100.0}
    },
    "early stopping after some epochs": {
        "trainer": {"max_epochs": 5, "min_epochs": 4},
        "early_stopping": {"monitor": "val_loss", "patience": 1, "min_delta": 0.02},
    },
    "batchnorm": {"architecture": {"name": "resnet", "width": 8, "depth": 1}},
    "half": {"trainer": {"max_epochs": 5, "precision": "bf16-true"}},
    "double": {"trainer": {"max_epochs": 5, "precision": 64}},
}


@pytest.mark.parametrize("plan", PLANS)
def test_a_resumed_fit_goes_on_as_if_never_stopped(plan: str, small: Small, new_trial: Any) -> None:
    config = small(**{"trainer": {"max_epochs": 5}} | PLANS[plan])
    through, stopped = new_trial(), new_trial(stop_at=2)
    signal.fit(config, through)
    with pytest.raises(SystemExit):
        signal.fit(config, stopped)
    resumed = new_trial(resume_from=stopped.checkpoints[2])
    signal.fit(config, resumed)
    assert resumed.reports
    assert through.reports[2:] == resumed.reports
    last = max(through.checkpoints)
    expected, got = (
        torch.load(trial.checkpoints[last], weights_only=True)["state_dict"]
        for trial in (through, resumed)
    )
    assert all(torch.equal(expected[name], got[name]) for name in expected)


def test_a_trial_that_ended_early_stays_ended_after_a_resume(small: Small, new_trial: Any) -> None:
    stopping = {"monitor": "val_auc", "patience": 1, "min_delta": 1.0}
    config = small(trainer={"max_epochs": 6}, early_stopping=stopping)
    trial = new_trial()
    signal.fit(config, trial)
    assert [epoch for epoch, _ in trial.reports] == [1, 2]
    again = new_trial(resume_from=trial.checkpoints[2])
    signal.fit(config, again)
    assert again.reports == []


def drawn_next() -> float:
    return float(np.random.rand())


@pytest.mark.parametrize("arithmetic", [{"precision": 64}, {"float32_matmul_precision": "medium"}])
def test_a_stopped_trial_leaves_the_process_as_it_was(
    arithmetic: dict[str, Any], small: Small, new_trial: Any
) -> None:
    torch.manual_seed(5)
    np.random.seed(5)
    states = torch.get_rng_state(), drawn_next()
    np.random.seed(5)
    threads = set(threading.enumerate())
    config = small(trainer=arithmetic)
    with pytest.raises(SystemExit):
        signal.fit(config, new_trial(stop_at=1))
    assert torch.equal(states[0], torch.get_rng_state())
    assert drawn_next() == states[1]
    assert torch.get_default_dtype() is torch.float32
    assert torch.get_float32_matmul_precision() == "highest"
    assert set(threading.enumerate()) <= threads


def test_the_last_epoch_is_reported_even_between_validations(small: Small, new_trial: Any) -> None:
    trial = new_trial()
    signal.fit(small(trainer={"max_epochs": 5, "check_val_every_n_epoch": 2}), trial)
    assert [epoch for epoch, _ in trial.reports] == [2, 4, 5]


def test_a_warm_start_takes_the_weights_but_not_the_epoch(small: Small, new_trial: Any) -> None:
    first, warm = new_trial(), new_trial()
    signal.fit(small(), first)
    still = {"name": "SGD", "lr": 1e-30}
    start = {"load_checkpoint": str(first.checkpoints[3])}
    signal.fit(small(optimizer=still, checkpointing=start), warm)
    assert [epoch for epoch, _ in warm.reports] == [1, 2, 3]
    assert warm.reports[0][1]["val_auc"] == first.reports[2][1]["val_auc"]


def test_a_warm_start_keeps_the_scaling_of_the_new_data(small: Small, new_trial: Any) -> None:
    first, warm = new_trial(), new_trial()
    signal.fit(small(), first)
    start = {"load_checkpoint": str(first.checkpoints[3])}
    signal.fit(small(data={"split_seed": 1}, checkpointing=start), warm)
    means = [
        torch.load(trial.checkpoints[3], weights_only=True)["state_dict"]["scaling.mean"]
        for trial in (first, warm)
    ]
    assert not torch.equal(*means)


def test_continued_training_counts_epochs_in_total(small: Small, new_trial: Any) -> None:
    first, longer, through = new_trial(), new_trial(), new_trial()
    signal.fit(small(), first)
    start = {"load_checkpoint": str(first.checkpoints[3]), "continue_training": True}
    signal.fit(small(trainer={"max_epochs": 5}, checkpointing=start), longer)
    signal.fit(small(trainer={"max_epochs": 5}), through)
    assert longer.reports == through.reports[3:]


@pytest.mark.parametrize(
    "scheduler",
    [
        {"name": "OneCycleLR", "max_lr": 0.01},
        {"name": "CosineAnnealingLR"},
        {"name": "cosine", "max_lr": 0.01},
        {"name": "CosineWarmup"},
    ],
    ids=lambda part: str(part["name"]),
)
def test_a_schedule_over_the_whole_fit_is_not_continued_beyond_it(
    scheduler: dict[str, Any], small: Small, new_trial: Any
) -> None:
    first, longer = new_trial(), new_trial()
    signal.fit(small(scheduler=scheduler), first)
    start = {"load_checkpoint": str(first.checkpoints[3]), "continue_training": True}
    config = small(scheduler=scheduler, trainer={"max_epochs": 5}, checkpointing=start)
    with pytest.raises(ConfigError, match="leave continue_training out") as error:
        signal.fit(config, longer)
    assert error.value.key == "scheduler.name"
    assert longer.reports == []


@pytest.mark.parametrize(
    "scheduler",
    [
        {"name": "CosineAnnealingLR", "T_max": 10},
        {"name": "ExponentialLR", "gamma": 0.5},
        {"name": "ReduceLROnPlateau"},
    ],
    ids=lambda part: str(part["name"]),
)
def test_a_schedule_with_a_length_of_its_own_goes_on_in_a_longer_fit(
    scheduler: dict[str, Any], small: Small, new_trial: Any
) -> None:
    first, longer, through = new_trial(), new_trial(), new_trial()
    signal.fit(small(scheduler=scheduler), first)
    start = {"load_checkpoint": str(first.checkpoints[3]), "continue_training": True}
    signal.fit(small(scheduler=scheduler, trainer={"max_epochs": 5}, checkpointing=start), longer)
    signal.fit(small(scheduler=scheduler, trainer={"max_epochs": 5}), through)
    assert longer.reports == through.reports[3:]


def test_a_checkpoint_is_safe_to_load_and_holds_plain_hyper_parameters(
    small: Small, new_trial: Any
) -> None:
    trial = new_trial()
    signal.fit(small(), trial)
    checkpoint = torch.load(trial.checkpoints[1], weights_only=True)
    assert checkpoint["hyper_parameters"]["config"]["architecture"]["width"] == 8


def test_a_missing_start_is_named(small: Small, new_trial: Any) -> None:
    config = small(checkpointing={"load_checkpoint": "nowhere.ckpt"})
    with pytest.raises(ConfigError, match=r"checkpointing\.load_checkpoint: nowhere\.ckpt"):
        signal.fit(config, new_trial())


def test_a_start_of_another_shape_is_refused(small: Small, new_trial: Any) -> None:
    first = new_trial()
    signal.fit(small(), first)
    start = {"load_checkpoint": str(first.checkpoints[3])}
    wider = small(architecture={"name": "mlp", "width": 16, "depth": 1}, checkpointing=start)
    with pytest.raises(ConfigError, match="does not fit this config's network"):
        signal.fit(wider, new_trial())
