from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

from trainables import signal
from trainables.contract import ConfigError
from trainables.signal import Config

Small = Callable[..., Config]


CHANGES: list[tuple[dict[str, Any], str, Any]] = [
    ({"lr": 0.02}, "lr", 0.02),
    ({"lr": 0.01, "weight_decay": 0.5}, "weight_decay", 0.5),
    ({"lr": 0.01, "betas": [0.8, 0.9]}, "betas", (0.8, 0.9)),
]


@pytest.mark.parametrize(("changed", "name", "value"), CHANGES)
@pytest.mark.parametrize("scheduler", [None, {"name": "ExponentialLR", "gamma": 1.0}])
def test_settings_changed_since_the_checkpoint_win(
    changed: dict[str, Any], name: str, value: Any, scheduler: Any, small: Small, new_trial: Any
) -> None:
    donor = new_trial()
    signal.fit(small(optimizer={"name": "Adam", "lr": 0.01}, scheduler=scheduler), donor)
    heir = new_trial(resume_from=donor.checkpoints[1])
    signal.fit(small(optimizer={"name": "Adam", **changed}, scheduler=scheduler), heir)
    saved = torch.load(heir.checkpoints[3], weights_only=True)["optimizer_states"][0]
    assert saved["param_groups"][0][name] == pytest.approx(value)
    assert len(saved["state"]) == 4


def test_a_lowered_rate_stays_lowered_when_the_rate_is_changed(
    small: Small, new_trial: Any
) -> None:
    falling = {"name": "ExponentialLR", "gamma": 0.5}
    donor = new_trial()
    signal.fit(small(optimizer={"name": "Adam", "lr": 0.01}, scheduler=falling), donor)
    heir = new_trial(resume_from=donor.checkpoints[1])
    signal.fit(small(optimizer={"name": "Adam", "lr": 0.02}, scheduler=falling), heir)
    saved = torch.load(heir.checkpoints[2], weights_only=True)["optimizer_states"][0]
    # By hand: halved after each of two epochs.
    assert saved["param_groups"][0]["lr"] == pytest.approx(0.02 / 4)


def test_a_changed_schedule_wins_too(small: Small, new_trial: Any) -> None:
    donor = new_trial()
    optimizer = {"name": "Adam", "lr": 0.01}
    slow = {"name": "ExponentialLR", "gamma": 1.0}
    signal.fit(small(optimizer=optimizer, scheduler=slow), donor)
    heir = new_trial(resume_from=donor.checkpoints[1])
    signal.fit(small(optimizer=optimizer, scheduler=slow | {"gamma": 0.1}), heir)
    saved = torch.load(heir.checkpoints[2], weights_only=True)["optimizer_states"][0]
    assert saved["param_groups"][0]["lr"] == pytest.approx(0.001)


def test_each_group_of_weights_follows_its_own_arguments(small: Small, new_trial: Any) -> None:
    falling = {"name": "ExponentialLR", "gamma": 0.5}
    first = {"name": "muon", "lr": 0.02, "adamw_lr": 0.001, "weight_decay": 0.1}
    donor = new_trial()
    signal.fit(small(optimizer=first, scheduler=falling), donor)
    heir = new_trial(resume_from=donor.checkpoints[1])
    then = {**first, "adamw_lr": 0.004, "weight_decay": 0.2}
    signal.fit(small(optimizer=then, scheduler=falling), heir)
    saved = torch.load(heir.checkpoints[2], weights_only=True)["optimizer_states"][0]
    hidden, rest = saved["param_groups"]
    # By hand: both rates are halved after each of two epochs; AdamW's weights do not decay.
    assert (hidden["lr"], hidden["weight_decay"]) == pytest.approx((0.02 / 4, 0.2))
    assert (rest["lr"], rest["weight_decay"]) == pytest.approx((0.004 / 4, 0.0))


def test_another_optimizer_cannot_take_over(small: Small, new_trial: Any) -> None:
    donor = new_trial()
    signal.fit(small(), donor)
    heir = new_trial(resume_from=donor.checkpoints[1])
    with pytest.raises(ConfigError, match=r"optimizer\.name: .* trained with Adam"):
        signal.fit(small(optimizer={"name": "SGD"}), heir)


def going_on(checkpoint: Any) -> dict[str, Any]:
    return {"load_checkpoint": str(checkpoint), "continue_training": True}


def test_a_plateau_that_watches_another_metric_counts_anew(small: Small, new_trial: Any) -> None:
    plateau = {"name": "ReduceLROnPlateau", "monitor": "val_loss", "patience": 9}
    donor, heir, same = new_trial(), new_trial(), new_trial()
    signal.fit(small(scheduler=plateau, trainer={"max_epochs": 2}), donor)
    start = going_on(donor.checkpoints[2])
    changed = plateau | {"monitor": "val_auc", "patience": 8}
    signal.fit(small(scheduler=changed, checkpointing=start), heir)
    signal.fit(small(scheduler=plateau, checkpointing=start), same)
    found, kept = (
        torch.load(trial.checkpoints[3], weights_only=True)["lr_schedulers"][0]
        for trial in (heir, same)
    )
    assert (found["mode"], found["patience"], found["num_bad_epochs"]) == ("max", 8, 0)
    assert found["best"] == pytest.approx(heir.reports[0][1]["val_auc"])
    seen = [metrics["val_loss"] for trial in (donor, same) for _, metrics in trial.reports]
    assert kept["mode"] == "min"
    assert kept["best"] == pytest.approx(min(seen), rel=1e-3)


STRANGERS: dict[str, tuple[dict[str, Any], str]] = {
    "no config": ({"hyper_parameters": {}}, "does not hold the config"),
    "another trainable": ({"hyper_parameters": {"config": {"tight": {}}}}, r"\(tight: "),
    "weights alone": ({"optimizer_states": None}, "no state of an optimizer"),
}


@pytest.mark.parametrize("case", STRANGERS)
def test_a_checkpoint_that_cannot_go_on_says_why(case: str, small: Small, new_trial: Any) -> None:
    donor = new_trial()
    signal.fit(small(trainer={"max_epochs": 1}), donor)
    parts, reason = STRANGERS[case]
    checkpoint = torch.load(donor.checkpoints[1], weights_only=True) | parts
    path = donor.directory / "strange.ckpt"
    torch.save({name: part for name, part in checkpoint.items() if part is not None}, path)
    with pytest.raises(ConfigError, match=reason) as error:
        signal.fit(small(checkpointing=going_on(path)), new_trial())
    assert error.value.key == "checkpointing.load_checkpoint"
