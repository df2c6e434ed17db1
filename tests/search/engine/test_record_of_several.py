"""The record of a search of several objectives: as it is read, and as Optuna sees it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

import optuna
import pytest
from optuna.study import StudyDirection
from optuna.trial import TrialState

from search.engine.record import Record
from search.engine.record_words import Committed
from search.results.pareto import front_of
from search.results.trade_off import TradeOff
from search.results.trials import Checkpoint, Objective, Report, State

GOAL = TradeOff((Objective("gain", "max"), Objective("cost", "min")))
MANIFEST = {"search": {"metric": ["gain", "cost"], "mode": ["max", "min"]}}


@pytest.fixture
def record(tmp_path: Path) -> Record:
    found = Record.create(tmp_path / "record.db", "toy", GOAL)
    found.write_manifest(MANIFEST)
    return found


def begin(record: Record) -> int:
    trial = record.ask()
    trial.suggest_float("x", 0, 1)
    record.begin(trial.number, {"x": trial.params["x"]}, 11, {"x": trial.params["x"]})
    return trial.number


def committed(epoch: int, gain: float, cost: float) -> Committed:
    values = (gain, cost)
    kept = (Checkpoint(f"c/{epoch}", epoch, values, "ab"),)
    return Committed(Report(epoch, 0.1, {"gain": gain, "cost": cost}), values, kept)


def ended(record: Record, state: State, *values: tuple[float, float]) -> int:
    number = begin(record)
    for epoch, (gain, cost) in enumerate(values, start=1):
        record.report(number, committed(epoch, gain, cost))
    record.finish(number, state, None)
    return number


def test_what_is_written_is_read_as_it_was(record: Record, tmp_path: Path) -> None:
    number = ended(record, State.COMPLETE, (1.0, 2.0))
    again = Record.open(tmp_path / "record.db")
    assert again.goal() == GOAL
    (trial,) = again.trials()
    assert trial.checkpoints == committed(1, 1.0, 2.0).kept
    assert again.epochs(number) == (committed(1, 1.0, 2.0),)
    assert again.curves() == {number: [(1, (1.0, 2.0))]}


def test_the_study_has_a_direction_and_a_name_for_each_objective(record: Record) -> None:
    assert record.study.directions == [StudyDirection.MAXIMIZE, StudyDirection.MINIMIZE]
    assert record.study.metric_names == ["gain", "cost"]


def test_a_complete_trial_is_told_with_the_values_of_one_epoch(record: Record) -> None:
    # epoch 3 is worse than epoch 2 in both; no epoch has (3, 1)
    number = ended(record, State.COMPLETE, (1.0, 1.0), (3.0, 2.0), (2.0, 4.0))
    told = record.study.trials[number]
    assert (told.state, told.values) == (TrialState.COMPLETE, [3.0, 2.0])


def test_a_stopped_trial_has_no_values_for_optuna_but_shows_them(record: Record) -> None:
    number = ended(record, State.STOPPED, (1.0, 1.0), (3.0, 2.0))
    told = record.study.trials[number]
    assert (told.state, told.values, told.intermediate_values) == (TrialState.PRUNED, None, {})
    assert told.user_attrs == {"state": "stopped", "gain": 3.0, "cost": 2.0}


def test_optuna_finds_the_same_front_among_what_was_complete(record: Record) -> None:
    points = [(1.0, 1.0), (2.0, 3.0), (1.5, 4.0), (3.0, 5.0), (3.0, 5.0), (0.5, 0.5)]
    for point in points:
        ended(record, State.COMPLETE, point)
    ended(record, State.FAILED, (9.0, 0.0))
    ours = {point.trial.number for point in front_of(record.result())}
    assert ours == {trial.number for trial in record.study.best_trials} == {0, 1, 3, 4, 5}


@pytest.mark.parametrize("state", [State.COMPLETE, State.STOPPED])
def test_a_duplicate_is_answered_as_the_trial_that_it_repeats(record: Record, state: State) -> None:
    first = ended(record, state, (3.0, 2.0))
    again = record.ask()
    record.answer_duplicate(again.number, {"x": 0.5}, first)
    original, told = record.study.trials[first], record.study.trials[again.number]
    assert (told.state, told.values) == (original.state, original.values)
    assert told.intermediate_values == {}


def test_what_was_committed_and_not_told_is_told_later(record: Record, tmp_path: Path) -> None:
    number = begin(record)
    record.report(number, committed(1, 1.0, 1.0))
    key, storage = record.study.trials[number]._trial_id, record._storage
    plain = json.loads(json.dumps(asdict(committed(2, 4.0, 2.0))))
    storage.set_trial_system_attr(key, "tune_run:report:000002", plain)
    end: dict[str, Any] = {"state": "complete", "cause": None, "kept": []}
    storage.set_trial_system_attr(key, "tune_run:end", end)
    again = Record.open(tmp_path / "record.db")
    again.reconcile()
    again.reconcile()
    told = again.study.trials[number]
    assert (told.state, told.values) == (TrialState.COMPLETE, [4.0, 2.0])


def test_a_diverged_trial_is_told_as_failed(record: Record) -> None:
    number = begin(record)
    report = Report(1, 0.1, {"gain": 1.0, "cost": math.nan})
    record.report(number, Committed(report, math.nan, ()))
    record.finish(number, State.DIVERGED, "cost was nan at epoch 1")
    assert record.study.trials[number].state is TrialState.FAIL


Ask = Callable[[str], Any]


@pytest.fixture
def ask_dashboard(record: Record, tmp_path: Path) -> Ask:
    """What optuna-dashboard answers on the record of a search of several objectives."""
    from optuna_dashboard import wsgi

    ended(record, State.COMPLETE, (1.0, 1.0))
    ended(record, State.COMPLETE, (2.0, 3.0))
    ended(record, State.COMPLETE, (1.0, 4.0))
    ended(record, State.STOPPED, (0.5, 0.5))
    record.reject(record.ask().number, {"x": 0.1}, "x > 1")
    begin(record)
    pages = wsgi(optuna.storages.RDBStorage(f"sqlite:///{tmp_path}/record.db"))

    def ask(path: str) -> Any:
        environment: dict[str, Any] = {"PATH_INFO": path, "wsgi.input": BytesIO()}
        setup_testing_defaults(environment)
        said: list[str] = []
        body = b"".join(pages(environment, lambda status, *_: said.append(status)))
        assert said == ["200 OK"], body
        return json.loads(body)

    return ask


def test_the_dashboard_opens_a_study_of_several_objectives(ask_dashboard: Ask) -> None:
    (study,) = ask_dashboard("/api/studies")["study_summaries"]
    assert study["directions"] == ["maximize", "minimize"]
    shown = ask_dashboard(f"/api/studies/{study['study_id']}")
    assert [trial["number"] for trial in shown["best_trials"]] == [0, 1]
    assert shown["objective_names"] == ["gain", "cost"]
    assert len(shown["trials"]) == 6
    values = [trial.get("values") for trial in shown["trials"]]
    assert values[:4] == [[1.0, 1.0], [2.0, 3.0], [1.0, 4.0], None]
