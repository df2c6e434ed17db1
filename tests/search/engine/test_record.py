"""The record: what is written is what is read, in our words and in Optuna's."""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.trial import TrialState

from search.engine.record import Record
from search.engine.record_words import Committed
from search.results.trials import Checkpoint, Objective, Perturbation, Report, Start, State


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


def epoch(number: int, value: float) -> Committed:
    return Committed(Report(number, 0.1, {"score": value}), value, ())


def test_what_is_written_is_read_by_another_process_s_eyes(record: Record, tmp_path: Path) -> None:
    number = begin(record)
    report = Report(1, 0.5, {"score": 2.0, "other": math.inf})
    checkpoint = Checkpoint("trials/00000/epoch=0001.ckpt", 1, 2.0, "ab")
    record.report(number, Committed(report, 2.0, (checkpoint,)))
    record.perturb(number, Perturbation(2, {"x": 0.25}, {"x": 0.25}))
    record.finish(number, State.COMPLETE, None)
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
        (State.NO_METRIC, TrialState.FAIL),
        (State.TIMED_OUT, TrialState.FAIL),
        # it has not ended: a resume goes on with it
        (State.INTERRUPTED, TrialState.RUNNING),
    ],
)
def test_optuna_is_told_each_end_as_what_it_is(
    record: Record, state: State, told: TrialState
) -> None:
    number = begin(record)
    record.report(number, epoch(1, 1.0))
    record.finish(number, state, "why")
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
    record.report(first, epoch(1, 3.0))
    record.finish(first, State.COMPLETE, None)
    again = record.study.ask()
    record.answer_duplicate(again.number, {"x": 0.5}, first)
    assert record.study.trials[again.number].value == 3.0
    assert record.trial(again.number).duplicate_of == first


def test_the_next_question_has_the_number_of_the_first_queued_point(record: Record) -> None:
    record.study.enqueue_trial({"x": 0.5})
    record.study.enqueue_trial({"x": 0.6})
    begin(record)
    assert record.next_number() == 1
    begin(record)
    assert record.next_number() == 2


def test_a_point_that_was_asked_for_and_never_begun_is_told_from_the_others(
    record: Record,
) -> None:
    begin(record)
    lost = record.ask()
    record.reject(record.ask().number, {"x": 0.1}, "x > 1")
    record.study.enqueue_trial({"x": 0.5})
    assert record.unborn() == [lost.number]


def test_a_question_asked_again_draws_all_its_numbers_anew(record: Record) -> None:
    from optuna.samplers import RandomSampler

    def draw(trial: optuna.Trial, *names: str) -> list[float]:
        record.study.sampler = RandomSampler(seed=3)
        return [trial.suggest_float(name, 0, 1) for name in names]

    whole = draw(record.ask(), "x", "y")
    cut_off = record.ask()
    draw(cut_off, "x")
    assert draw(record.ask_again(cut_off.number), "x", "y") == whole
    assert list(record.study.trials[cut_off.number].params.values()) == whole


def test_going_on_takes_back_what_came_after_the_checkpoint(record: Record) -> None:
    number = begin(record)
    checkpoint = Checkpoint("trials/00000/epoch=0001.ckpt", 1, 1.0, "ab")
    record.report(number, Committed(epoch(1, 1.0).report, 1.0, (checkpoint,)))
    record.report(number, epoch(2, 2.0))
    record.finish(number, State.INTERRUPTED, "Ctrl-C")
    record.begin_again(number, Start(1, 1.0, 0.1, (checkpoint,)))
    trial = record.trial(number)
    assert (trial.state, trial.epochs, trial.attempts) == (State.RUNNING, 1, 2)
    assert trial.checkpoints == (checkpoint,)


def test_what_was_committed_and_not_told_is_told_later(record: Record, tmp_path: Path) -> None:
    number = begin(record)
    record.report(number, epoch(1, 1.0))
    trial_id = record.study.trials[number]._trial_id
    storage = record._storage
    storage.set_trial_system_attr(trial_id, "tune_run:report:000002", asdict(epoch(2, 4.0)))
    end: dict[str, Any] = {"state": "complete", "cause": None, "kept": []}
    storage.set_trial_system_attr(trial_id, "tune_run:end", end)
    again = Record.open(tmp_path / "record.db")
    again.reconcile()
    again.reconcile()
    told = again.study.trials[number]
    assert (told.state, told.value) == (TrialState.COMPLETE, 4.0)
    assert told.intermediate_values == {1: 1.0, 2: 4.0}


def test_test_metrics_are_kept_apart_from_what_samplers_read(record: Record) -> None:
    number = begin(record)
    record.report(number, epoch(1, 1.0))
    record.finish(number, State.COMPLETE, None)
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
    from search.engine.telling import TOLD
    from search.results.trials import NEVER_STARTED, UNFINISHED

    # unfinished trials have not ended, and a duplicate is told as the trial that it repeats
    assert set(TOLD) == set(State) - UNFINISHED - {State.DUPLICATE}
    assert set(STATUS) == set(State) - NEVER_STARTED
