from __future__ import annotations

import csv
import json
import math
from pathlib import Path
from typing import Any

import pytest

from search.names import TrainableRef
from search.results.follow_up import (
    TrainingLog,
    best_of,
    checkpoint_goal,
    lost_metrics,
    new_folder,
    open_training,
    read_origin,
    write_config,
)
from search.results.goal import Goal
from search.results.running_trial import Finished
from search.results.trade_off import TradeOff
from search.results.trials import Checkpoint, Objective, Report
from search.text.yaml_file import examine
from trainables.contract import Metric, Placement

METRICS = {"auc": Metric("max", ""), "loss": Metric("min", "")}


def finished(epoch: int, metrics: dict[str, float]) -> Finished:
    return Finished(Report(epoch, float(epoch), metrics), 0.0, ())


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "metrics.csv").open(newline="") as stream:
        return list(csv.DictReader(stream))


def test_each_epoch_is_a_row_at_once(tmp_path: Path) -> None:
    log = TrainingLog(tmp_path)
    log.write(finished(1, {"auc": 0.5}))
    assert rows(tmp_path) == [{"epoch": "1", "seconds": "1.0", "auc": "0.5"}]
    log.write(finished(2, {"auc": 0.75}))
    assert [row["auc"] for row in rows(tmp_path)] == ["0.5", "0.75"]


def test_a_metric_stays_in_its_column_when_others_come_and_go(tmp_path: Path) -> None:
    log = TrainingLog(tmp_path)
    log.write(finished(1, {"a": 1.0, "b": 2.0}))
    log.write(finished(2, {"b": 3.0, "c": 4.0, "a": 5.0}))
    log.write(finished(3, {"c": 6.0}))
    found = [(row["a"], row["b"], row["c"]) for row in rows(tmp_path)]
    assert found == [("1.0", "2.0", ""), ("5.0", "3.0", "4.0"), ("", "", "6.0")]


def test_listeners_are_told_and_the_last_is_remembered(tmp_path: Path) -> None:
    heard: list[int] = []
    log = TrainingLog(tmp_path, [lambda said: heard.append(said.report.epoch)])
    log.write(finished(1, {}))
    log.write(finished(2, {}))
    assert heard == [1, 2]
    assert log.last is not None
    assert log.last.report.epoch == 2


def test_a_new_folder_never_is_an_old_one(tmp_path: Path) -> None:
    names = [new_folder(tmp_path / "trained", "best").name for _ in range(3)]
    assert names == ["best", "best-2", "best-3"]


@pytest.mark.parametrize(
    ("origin", "objective"),
    [
        (None, Objective("auc", "max")),
        ({"metric": "loss"}, Objective("loss", "min")),
        ({"metric": "gone"}, Objective("auc", "max")),
        (
            {"metric": ["auc", "loss"]},
            TradeOff((Objective("auc", "max"), Objective("loss", "min"))),
        ),
        ({"metric": ["auc", "gone"]}, Objective("auc", "max")),
    ],
)
def test_checkpoints_are_kept_by_the_metric_of_the_search(
    origin: dict[str, Any] | None, objective: Goal
) -> None:
    assert checkpoint_goal(METRICS, origin) == objective


@pytest.mark.parametrize(
    ("said", "unreported", "metrics", "lost"),
    [
        (["auc", "loss"], {"loss": "it needs data"}, ("auc",), ["loss"]),
        (["auc", "loss"], {"auc": "it needs data"}, ("loss",), ["auc"]),
        ("auc", {"auc": "it needs data"}, ("loss",), ["auc"]),
        (None, {"auc": "it needs data"}, ("loss",), []),
        ("loss", {"auc": "it needs data"}, ("loss",), []),
    ],
)
def test_checkpoints_are_not_kept_by_what_is_not_reported(
    said: Any, unreported: dict[str, str], metrics: tuple[str, ...], lost: list[str]
) -> None:
    origin = None if said is None else {"metric": said}
    goal = checkpoint_goal(METRICS, origin, unreported)
    assert goal.metrics == metrics
    assert list(lost_metrics(goal, origin, unreported)) == [
        f"the search kept checkpoints by {name}, which this config does not report "
        f"(it needs data); they are kept by {metrics[0]}"
        for name in lost
    ]


def test_the_origin_lies_beside_the_config(tmp_path: Path) -> None:
    assert read_origin(tmp_path / "config.yaml") is None
    (tmp_path / "origin.json").write_text(json.dumps({"trial": 3}))
    assert read_origin(tmp_path / "config.yaml") == {"trial": 3}


def test_a_written_config_is_read_as_it_was(tmp_path: Path) -> None:
    texts = ["1e-3", "08", "0o17", "on", "null", "~", "", "a: b", "é", "0x1F", "9" * 40, "a\nb"]
    config = {"texts": texts, "numbers": [1e-5, 1e22, 3, math.inf], "none": None, "yes": True}
    write_config(tmp_path, "signal", config)
    document, problems = examine(tmp_path / "config.yaml")
    assert problems == []
    assert document.data == {"trainable": "signal", **config}


@pytest.mark.parametrize(("mode", "epoch"), [("max", 3), ("min", 2)])
def test_the_best_of_the_kept_is_finite(mode: str, epoch: int) -> None:
    values = [math.nan, 0.1, 0.2, math.nan, 0.2]
    kept = tuple(Checkpoint("", n, value, "") for n, value in enumerate(values, start=1))
    best = best_of(kept, Objective("auc", mode))
    assert best is not None
    assert best.epoch == epoch


def test_nothing_finite_is_no_best() -> None:
    assert best_of((Checkpoint("", 1, math.nan, ""),), Objective("auc", "max")) is None


def test_a_training_keeps_its_checkpoints_in_its_folder(
    tmp_path: Path, fault_trainable: TrainableRef
) -> None:
    log = TrainingLog(tmp_path)
    trial = open_training(tmp_path, Objective("other", "min"), 7, Placement(), 1, log.write)
    module = fault_trainable.load()
    module.fit(module.Config.model_validate({"x": 0.5, "trainer": {"max_epochs": 3}}), trial)
    assert (trial.seed, trial.resume_from) == (7, None)
    # other = 1 - x = 0.5 at every epoch: the first of equals is the best; score = x * epoch
    assert [c.path for c in trial.store.kept] == [
        "checkpoints/epoch=0001.ckpt",
        "checkpoints/epoch=0003.ckpt",
    ]
    assert [row["score"] for row in rows(tmp_path)] == ["0.5", "1.0", "1.5"]
