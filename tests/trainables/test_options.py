"""What the options of `trainer` and `logging` do to a real fit."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch

from trainables import signal
from trainables.contract import ConfigError
from trainables.signal import Config

Small = Callable[..., Config]


def reports(config: Config, trial: Any) -> list[tuple[int, dict[str, float]]]:
    signal.fit(config, trial)
    made: list[tuple[int, dict[str, float]]] = trial.reports
    return made


@pytest.mark.parametrize(
    "plan",
    [
        {},
        {"optimizer": {"name": "schedulefreeadamw", "lr": 0.01}},
        {"architecture": {"name": "resnet", "width": 8, "depth": 1}},
    ],
    ids=["dropout", "schedule-free", "batchnorm"],
)
@pytest.mark.parametrize("steps", [1, -1])
def test_sanity_steps_report_nothing_and_change_nothing(
    plan: dict[str, Any], steps: int, small: Small, new_trial: Any
) -> None:
    trying = {"trainer": {"num_sanity_val_steps": steps}}
    without, tried = (reports(small(**plan, **more), new_trial()) for more in ({}, trying))
    assert [epoch for epoch, _ in tried] == [1, 2, 3]
    assert tried == without


def test_a_part_of_the_training_batches_is_trained_on(small: Small, new_trial: Any) -> None:
    # 360 training rows in batches of 64 are 6 batches, half of which are 3
    parts = [{"limit_train_batches": part} for part in (3, 0.5)]
    whole, few, half = (reports(small(trainer=p), new_trial()) for p in ({}, *parts))
    assert few == half
    assert few != whole


def test_as_many_batches_as_there_are_change_nothing(small: Small, new_trial: Any) -> None:
    whole, all_of_them = (
        reports(small(trainer=part), new_trial()) for part in ({}, {"limit_train_batches": 6})
    )
    assert whole == all_of_them


def test_a_share_of_less_than_one_batch_is_refused_before_training(small: Small) -> None:
    config = small(trainer={"limit_train_batches": 0.1})
    with pytest.raises(ConfigError, match=r"^trainer\.limit_train_batches: .*6 training batches"):
        signal.check_data(config)


def test_a_share_of_less_than_one_validation_batch_is_refused_too(small: Small) -> None:
    # 120 validation rows are one batch
    said = r"^trainer\.limit_val_batches: 0.5 of 1 validation batches is less than one; write 1"
    with pytest.raises(ConfigError, match=said):
        signal.check_data(small(trainer={"limit_val_batches": 0.5}))
    signal.check_data(small(trainer={"limit_val_batches": 1.0}))


def test_what_lightning_refuses_is_told_as_a_mistake_in_the_config(
    small: Small, new_trial: Any
) -> None:
    # 120 validation rows are one batch
    config = small(trainer={"limit_val_batches": 0.5})
    with pytest.raises(ConfigError, match=r"^trainer: Lightning refuses it: .*limit_val_batches"):
        signal.fit(config, new_trial())


def test_early_stopping_waits_for_the_least_epochs(small: Small, new_trial: Any) -> None:
    # no improvement is as large as 1: patience is over after the second report
    stopping = {"monitor": "val_auc", "patience": 1, "min_delta": 1.0}
    for least, last in ((None, 2), (2, 2), (4, 4)):
        section = {"max_epochs": 6, "min_epochs": least}
        made = reports(small(trainer=section, early_stopping=stopping), new_trial())
        assert made[-1][0] == last


def test_clipping_by_value_limits_each_part_of_a_gradient(small: Small, new_trial: Any) -> None:
    """Plain SGD moves a weight by rate x gradient in a step: at most 1 x 1e-3, in each of 6."""
    plan = {"optimizer": {"name": "SGD", "lr": 1.0}}
    norm = {"max_epochs": 2, "gradient_clip_val": 1e-3}
    moved = {
        how: _moved(small(trainer=norm | {"gradient_clip_algorithm": how}, **plan), new_trial())
        for how in ("value", "norm")
    }
    n_weights = sum(part.numel() for part in moved["value"])
    largest = max(float(part.abs().max()) for part in moved["value"])
    assert 1e-3 < largest <= 6 * 1e-3 * (1 + 1e-4)
    length = {
        how: math.dist(torch.cat([p.ravel() for p in parts]).tolist(), [0.0] * n_weights)
        for how, parts in moved.items()
    }
    # by its norm the whole gradient is as long as one of its parts may be by value
    assert length["norm"] <= 6 * 1e-3 * (1 + 1e-4) < length["value"]


def _moved(config: Config, trial: Any) -> list[torch.Tensor]:
    """How far each weight went in the second epoch, of 6 steps."""
    signal.fit(config, trial)
    first, second = (
        torch.load(trial.checkpoints[epoch], weights_only=True)["state_dict"] for epoch in (1, 2)
    )
    return [second[name] - first[name] for name in first if name.startswith("net.")]


def test_the_peak_memory_is_reported_if_asked(small: Small, new_trial: Any) -> None:
    config = small(logging={"memory": True})
    made = reports(config, new_trial())
    assert set(made[0][1]) == {*config.reported(), "train_memory_mib"}
    assert made[0][1]["train_memory_mib"] <= made[2][1]["train_memory_mib"]


def test_half_precision_by_amp_needs_a_gpu(small: Small, new_trial: Any) -> None:
    # Lightning would train in bf16-mixed instead, and only warn
    config = small(trainer={"precision": "16-mixed"})
    with pytest.raises(ConfigError, match=r"^trainer\.precision: 16-mixed needs a GPU"):
        signal.fit(config, new_trial())


def test_the_precision_of_products_is_that_of_the_trial(
    small: Small, new_trial: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    report = type(new_trial()).report

    def listening(trial: Any, *report_of: Any) -> None:
        seen.append(torch.get_float32_matmul_precision())
        report(trial, *report_of)

    monkeypatch.setattr(type(new_trial()), "report", listening)
    signal.fit(small(trainer={"float32_matmul_precision": "high"}), new_trial())
    assert seen == ["high"] * 3


def test_a_part_of_the_validation_is_a_fair_sample(
    small: Small, new_trial: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table has all signal first; 20 of its 120 validation rows hold both classes."""
    monkeypatch.setattr("trainables.signal_module.EVAL_ROWS", 20)
    parts = [{"limit_val_batches": part} for part in (1, 6)]
    whole, sample, all_of_them = (reports(small(trainer=p), new_trial()) for p in ({}, *parts))
    assert all(math.isfinite(metrics["val_auc"]) for _, metrics in sample)
    assert [metrics["train_loss"] for _, metrics in sample] == [
        metrics["train_loss"] for _, metrics in whole
    ]
    assert sample != whole
    assert all_of_them == whole


def test_a_part_of_the_validation_is_evaluated_again(
    small: Small, new_trial: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainables.signal_module.EVAL_ROWS", 20)
    config, trial = small(trainer={"limit_val_batches": 2}), new_trial()
    _, reported = reports(config, trial)[-1]
    expected = {name: value for name, value in reported.items() if name.startswith("val_")}
    assert signal.evaluate(config, trial.checkpoints[3], "val") == pytest.approx(expected)


def test_a_validation_on_one_class_alone_says_that_no_metric_is_defined(
    small: Small, new_trial: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainables.signal_module.EVAL_ROWS", 1)
    made = reports(small(trainer={"limit_val_batches": 1}), new_trial())
    assert all(math.isnan(metrics["val_auc"]) for _, metrics in made)
