"""The record: what is written is what is read, in our words and in Optuna's."""

from __future__ import annotations

import math
from pathlib import Path

import optuna
import pytest
from optuna.trial import TrialState

from search.engine.record import Record
from search.results.trials import Checkpoint, Objective, Perturbation, Report, State


@pytest.fixture
def record(tmp_path: Path) -> Record:
    found = Record.create(tmp_path / "record.db", "toy", Objective("score", "max"))
    found.write_manifest({"search": {"metric": "score", "mode": "max"}})
    return found


def begin(record: Record) -> int:
    trial = record.study.ask()
    trial.suggest_float("x", 0, 1)
    record.begin(trial.number, {"x": trial.params["x"]}, 11, {"x": trial.params["x"]})
    return trial.number


def test_what_is_written_is_read_by_another_process_s_eyes(record: Record, tmp_path: Path) -> None:
    number = begin(record)
    report = Report(1, 0.5, {"score": 2.0, "other": math.inf})
    checkpoint = Checkpoint("trials/00000/epoch=0001.ckpt", 1, 2.0, "ab")
    record.report(number, report, 2.0, (checkpoint,))
    record.perturb(number, Perturbation(2, {"x": 0.25}, {"x": 0.25}))
    record.finish(number, State.COMPLETE, 2.0, None)
    (trial,) = Record.open(tmp_path / "record.db").trials()
    assert trial.state is State.COMPLETE
    assert (trial.seed, trial.reports, trial.checkpoints) == (11, (report,), (checkpoint,))
    assert trial.config_at(2) == {"x": 0.25}
    assert trial.config_at(1) == dict(trial.point)


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (State.COMPLETE, TrialState.COMPLETE),
        (State.STOPPED, TrialState.PRUNED),
        (State.DIVERGED, TrialState.FAIL),
        (State.FAILED, TrialState.FAIL),
        (State.INTERRUPTED, TrialState.FAIL),
    ],
)
def test_optuna_is_told_each_end_as_what_it_is(
    record: Record, state: State, told: TrialState
) -> None:
    number = begin(record)
    record.report(number, Report(1, 0.1, {"score": 1.0}), 1.0, ())
    record.finish(number, state, 1.0, "why")
    assert record.study.trials[number].state is told
    assert record.trial(number).cause == "why"


def test_a_rejected_point_is_infeasible_to_the_sampler(record: Record) -> None:
    trial = record.study.ask()
    record.reject(trial.number, {"x": 0.1}, "x > 1")
    told = record.study.trials[trial.number]
    assert told.state is TrialState.PRUNED
    assert told.constraints == {"x > 1": 1.0}
    assert record.trial(trial.number).state is State.REJECTED


def test_a_duplicate_is_answered_with_what_was_found(record: Record) -> None:
    first = begin(record)
    record.report(first, Report(1, 0.1, {"score": 3.0}), 3.0, ())
    record.finish(first, State.COMPLETE, 3.0, None)
    again = record.study.ask()
    record.answer_duplicate(again.number, {"x": 0.5}, record.trial(first))
    assert record.study.trials[again.number].value == 3.0
    assert record.trial(again.number).duplicate_of == first


def test_a_trial_whose_search_died_is_closed(record: Record) -> None:
    number = begin(record)
    record.interrupt_running()
    assert record.trial(number).state is State.INTERRUPTED
    assert record.study.trials[number].state is TrialState.FAIL


def test_queued_points_do_not_count_as_asked(record: Record) -> None:
    record.study.enqueue_trial({"x": 0.5})
    begin(record)
    record.study.enqueue_trial({"x": 0.6})
    assert record.asked() == 1


def test_test_metrics_are_kept_apart_from_what_samplers_read(record: Record) -> None:
    number = begin(record)
    record.finish(number, State.COMPLETE, 1.0, None)
    record.write_tests({number: {"test_score": 0.5}})
    assert record.result().tests == {number: {"test_score": 0.5}}
    assert "test" not in str(record.study.trials[number])


def test_optuna_opens_the_record_by_itself(record: Record, tmp_path: Path) -> None:
    begin(record)
    study = optuna.load_study(study_name=None, storage=f"sqlite:///{tmp_path}/record.db")
    assert study.study_name == "toy"
    assert study.metric_names == ["score"]


def test_every_state_has_its_place_in_each_table() -> None:
    from search.engine.export import STATUS
    from search.engine.record import TOLD
    from search.results.trials import NEVER_STARTED

    # a running trial has not ended, and a duplicate is told as the trial that it repeats
    assert set(TOLD) == set(State) - {State.RUNNING, State.DUPLICATE}
    assert set(STATUS) == set(State) - NEVER_STARTED
