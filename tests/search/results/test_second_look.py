from __future__ import annotations

from typing import Any

import pytest

from search.names import TrainableRef
from search.results.folder import SearchFolder
from search.results.second_look import evaluate, examine
from search.results.trials import Objective

SCORE = Objective("score", "max")


def test_a_good_checkpoint_has_no_fault(
    train_fault: Any, toy_folder: SearchFolder, fault_trainable: TrainableRef
) -> None:
    # score = x * epoch: 0.5 * 9
    trial = train_fault(0, x=0.5)
    found = examine(trial, toy_folder.path, SCORE, fault_trainable)
    assert found.fault is None
    assert found.checkpoint is not None
    assert (found.checkpoint.epoch, found.checkpoint.value) == (9, 4.5)


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "is missing or was changed"), ("", "is missing or was changed")],
    ids=["missing", "empty"],
)
def test_a_damaged_file_is_named(
    train_fault: Any,
    toy_folder: SearchFolder,
    fault_trainable: TrainableRef,
    content: str | None,
    words: str,
) -> None:
    trial = train_fault(0, x=0.5)
    file = toy_folder.path / trial.checkpoints[-1].path
    file.unlink()
    if content is not None:
        file.write_text(content)
    fault = examine(trial, toy_folder.path, SCORE, fault_trainable).fault
    assert fault is not None
    assert words in fault
    assert str(file) in fault


def test_a_checkpoint_that_gives_another_value_now_is_a_fault(
    train_fault: Any, toy_folder: SearchFolder, fault_trainable: TrainableRef
) -> None:
    trial = train_fault(0, x=0.5)
    changed = type(trial)(**{**vars(trial), "config": {"x": 0.6}})
    fault = examine(changed, toy_folder.path, SCORE, fault_trainable).fault
    # score = x * epoch: 0.5 * 9 then, 0.6 * 9 now; 0.9 is a sixth of 5.4
    assert fault is not None
    assert fault.startswith("score was reported as 4.5 and is now 5.4, 1.7e-01 of it away")
    assert "0.0001 can be rounding after a training on a CPU" in fault


def test_a_small_difference_is_rounding_only_after_a_training_on_a_gpu(
    train_fault: Any, toy_folder: SearchFolder, fault_trainable: TrainableRef
) -> None:
    trial = train_fault(0, x=0.5)
    # 4.5 then, 4.5018 now: 4e-4 of it away
    changed = type(trial)(**{**vars(trial), "config": {"x": 0.5002}})
    on_cpu = examine(changed, toy_folder.path, SCORE, fault_trainable)
    on_gpu = examine(changed, toy_folder.path, SCORE, fault_trainable, gpus=1)
    assert on_cpu.fault is not None
    assert on_gpu.fault is None


def test_a_config_that_is_refused_now_is_a_fault(
    train_fault: Any, toy_folder: SearchFolder, fault_trainable: TrainableRef
) -> None:
    trial = train_fault(0, x=0.5)
    changed = type(trial)(**{**vars(trial), "config": {"gone": 1}})
    fault = examine(changed, toy_folder.path, SCORE, fault_trainable).fault
    assert fault is not None
    assert "does not load: ValidationError" in fault


def test_a_trial_without_checkpoints_has_a_fault(
    trial: Any, toy_folder: SearchFolder, fault_trainable: TrainableRef
) -> None:
    found = examine(trial(0, [0.5]), toy_folder.path, SCORE, fault_trainable)
    assert found.checkpoint is None
    assert found.fault == "it kept no checkpoint with a finite value"


def test_a_metric_that_evaluate_does_not_give_cannot_be_verified(
    train_fault: Any, toy_folder: SearchFolder, fault_trainable: TrainableRef
) -> None:
    trial = train_fault(0, x=0.5)
    reports = tuple(type(r)(r.epoch, r.seconds, {"train_only": 1.0}) for r in trial.reports)
    other = type(trial)(**{**vars(trial), "reports": reports})
    fault = examine(other, toy_folder.path, Objective("train_only", "max"), fault_trainable).fault
    assert fault is not None
    assert "train_only cannot be verified" in fault


def test_test_metrics_are_those_of_the_curve(
    train_fault: Any, toy_folder: SearchFolder, fault_trainable: TrainableRef
) -> None:
    trial = train_fault(0, x=0.25, y=1.0)
    file = toy_folder.path / trial.checkpoints[-1].path
    # x * epoch + y = 0.25 * 9 + 1; 1 - x = 0.75
    assert evaluate(trial.config, file, "test", fault_trainable) == {
        "test_score": 3.25,
        "test_other": 0.75,
    }
