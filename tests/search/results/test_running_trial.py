from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from search.results.checkpoints import CheckpointStore, is_intact
from search.results.goal import Goal
from search.results.running_trial import Finished, RunningTrial, as_number
from search.results.trade_off import TradeOff
from search.results.trials import Objective, Start
from trainables.contract import Placement


def opened(
    folder: Path,
    send: Callable[[Finished], None],
    mode: str = "max",
    rank: int = 0,
    goal: Goal | None = None,
) -> RunningTrial:
    goal = goal or Objective("score", mode)
    directory = folder / "trial"
    directory.mkdir()
    store = CheckpointStore(folder, directory, goal)
    placement = Placement(workers=2, rank=rank)
    return RunningTrial(0, 7, directory, None, placement, goal, store, send)


def test_a_missing_metric_names_those_that_were_reported(tmp_path: Path) -> None:
    said: list[Finished] = []
    with pytest.raises(ValueError, match=r"'score' was not reported at epoch 3; reported: a, b$"):
        opened(tmp_path, said.append).report(3, {"b": 1.0, "a": 2.0})
    assert said == []


def test_a_report_of_nothing_says_so(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="reported: nothing"):
        opened(tmp_path, lambda _: None).report(1, {})


@pytest.mark.parametrize(
    "value",
    ["0.5", b"1", None, [1.0], {}, 1j, torch.zeros(2), np.zeros(2), 10**400],
    ids=["text", "bytes", "None", "list", "dict", "complex", "tensor", "array", "huge"],
)
def test_what_is_no_number_is_refused_by_name(value: Any) -> None:
    with pytest.raises(ValueError, match="the metric 'auc' must be a number; reported: "):
        as_number("auc", value)


@pytest.mark.parametrize(
    "value",
    [0.25, np.float32(0.25), np.float64(0.25), np.array(0.25), torch.tensor(0.25)],
    ids=["float", "float32", "float64", "array", "tensor"],
)
def test_scalars_of_other_libraries_become_plain_numbers(value: Any) -> None:
    number = as_number("auc", value)
    assert type(number) is float
    assert number == 0.25


@pytest.mark.parametrize(
    ("mode", "values", "best"),
    [
        ("max", [0.1, 0.3, 0.2], [0.1, 0.3, 0.3]),
        ("min", [0.2, 0.3, 0.1], [0.2, 0.2, 0.1]),
        ("max", [0.3, math.nan, 0.2], [0.3, math.nan, 0.3]),
        ("min", [-math.inf, 0.2], [math.nan, 0.2]),
    ],
)
def test_the_best_so_far_is_sent_unless_the_value_is_not_finite(
    tmp_path: Path, mode: str, values: list[float], best: list[float]
) -> None:
    said: list[Finished] = []
    trial = opened(tmp_path, said.append, mode)
    for epoch, value in enumerate(values, start=1):
        trial.report(epoch, {"score": value})
    assert [finished.best for finished in said] == pytest.approx(best, nan_ok=True)
    assert [finished.report.epoch for finished in said] == list(range(1, len(values) + 1))


def test_a_checkpoint_is_committed_before_the_search_is_told(tmp_path: Path) -> None:
    intact: list[bool] = []

    def send(finished: Finished) -> None:
        (kept,) = finished.kept
        intact.append(is_intact(tmp_path, kept))
        raise SystemExit

    trial = opened(tmp_path, send)
    file = trial.directory / "writing"
    file.write_text("weights")
    with pytest.raises(SystemExit):
        trial.report(1, {"score": 0.5}, file)
    assert intact == [True]
    assert not file.exists()


def test_only_the_first_worker_commits(tmp_path: Path) -> None:
    said: list[Finished] = []
    trial = opened(tmp_path, said.append, rank=1)
    file = trial.directory / "writing"
    file.write_text("weights")
    trial.report(1, {"score": 0.5}, file)
    assert said[0].kept == ()
    assert file.exists()


BOTH = TradeOff((Objective("score", "max"), Objective("other", "min")))


def test_each_of_several_objectives_must_be_reported(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'other' was not reported at epoch 1; reported: score"):
        opened(tmp_path, lambda _: None, goal=BOTH).report(1, {"score": 1.0})


def test_of_several_objectives_the_values_of_one_epoch_are_sent(tmp_path: Path) -> None:
    said: list[Finished] = []
    trial = opened(tmp_path, said.append, goal=BOTH)
    pairs = [(0.1, 1.0), (0.3, 2.0), (0.2, 3.0), (0.4, math.nan), (0.2, 0.5)]
    for epoch, (score, other) in enumerate(pairs, start=1):
        trial.report(epoch, {"score": score, "other": other})
    # epoch 3 is worse than epoch 2 in both, epoch 4 is not finite, epoch 5 trades with epoch 2
    sent = [finished.best for finished in said]
    assert sent[:3] == [(0.1, 1.0), (0.3, 2.0), (0.3, 2.0)]
    assert isinstance(sent[3], float)
    assert math.isnan(sent[3])
    assert sent[4] == (0.2, 0.5)


def test_a_checkpoint_is_kept_for_what_its_own_epoch_gave(tmp_path: Path) -> None:
    trial = opened(tmp_path, lambda _: None, goal=BOTH)
    for epoch, (score, other) in enumerate([(0.3, 2.0), (0.2, 3.0)], start=1):
        file = trial.directory / "writing"
        file.write_text(str(epoch))
        trial.report(epoch, {"score": score, "other": other}, file)
    best, last = trial.store.kept
    assert (best.epoch, best.value) == (1, (0.3, 2.0))
    assert last.epoch == 2
    assert isinstance(last.value, float)
    assert math.isnan(last.value)


def test_a_trial_that_goes_on_knows_what_it_reached(tmp_path: Path) -> None:
    said: list[Finished] = []
    trial = replace(opened(tmp_path, said.append, goal=BOTH), start=Start(front=((0.3, 2.0),)))
    trial.report(2, {"score": 0.2, "other": 3.0})
    assert said[0].best == (0.3, 2.0)
