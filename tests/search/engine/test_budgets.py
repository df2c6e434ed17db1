from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from search.durations import seconds_of
from search.engine import budgets
from search.engine.budgets import GpuBudget, TimeBudget
from search.engine.record import Record
from search.exits import Exit
from search.results.trials import Objective, Report, State, TrialRecord

HOUR = 3600.0


class Clock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(budgets, "time", SimpleNamespace(monotonic=clock.monotonic))
    return clock


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return Record.create(tmp_path / "record.db", "toy", Objective("score", "max"))


def trial(number: int, state: State, seconds: float) -> TrialRecord:
    reports = (Report(1, seconds, {"score": 1.0}),) if seconds else ()
    return TrialRecord(number, state, {}, 0, reports=reports)


def test_the_time_of_all_runs_counts(clock: Clock, record: Record) -> None:
    record.write_spent(100.0)
    budget = TimeBudget(120.0, record)
    clock.now += 19.0
    assert budget.reached() is None
    clock.now += 1.0
    reached = budget.reached()
    assert reached is not None
    assert int(reached.code) == 75


def test_a_spent_budget_says_what_going_on_needs(clock: Clock, record: Record) -> None:
    budget = TimeBudget(2 * HOUR, record)
    clock.now += 2 * HOUR
    reached = budget.reached()
    assert reached is not None
    assert reached.reason == (
        "search.time_budget, 2h over all runs, is spent; "
        "going on needs a larger one, such as search.time_budget=4h"
    )
    assert reached.needs == ("search.time_budget=4h",)


@pytest.mark.parametrize(("spent", "larger"), [(61.0, "2min"), (119.0, "3min"), (600.0, "11min")])
def test_what_going_on_needs_is_more_than_was_spent(
    clock: Clock, record: Record, spent: float, larger: str
) -> None:
    budget = TimeBudget(60.0, record)
    clock.now += spent
    reached = budget.reached()
    assert reached is not None
    assert reached.needs == (f"search.time_budget={larger}",)
    again = TimeBudget(seconds_of(larger), record)
    assert again.reached() is None


def test_the_time_spent_is_kept_while_the_search_runs(clock: Clock, record: Record) -> None:
    budget = TimeBudget(None, record)
    for _ in range(7):
        clock.now += 1.0
        assert budget.reached() is None
    # a SIGKILL now
    assert 7.0 - budgets.WRITE_SECONDS <= record.spent() <= 7.0
    budget.write()
    assert record.spent() == 7.0


def test_a_clock_that_is_set_changes_nothing(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    budget = TimeBudget(HOUR, record)
    really = time.time()
    for shift in (-2 * HOUR, 2 * HOUR, -really):
        monkeypatch.setattr(time, "time", lambda shift=shift: really + shift)
        assert budget.reached() is None
        assert 0 <= budget.spent() < HOUR


def test_gpu_hours_are_those_of_all_workers(clock: Clock) -> None:
    # two trials of half an hour, each on 2 GPUs
    earlier = [trial(0, State.COMPLETE, HOUR / 2), trial(1, State.STOPPED, HOUR / 2)]
    assert GpuBudget(10, 2, earlier, pausing=False).spent() == pytest.approx(2.0)


def test_a_running_trial_uses_gpus_between_its_reports(clock: Clock) -> None:
    budget = GpuBudget(1.0, 1, [], pausing=False)
    budget.trial_changed(trial(0, State.RUNNING, 0))
    clock.now += HOUR / 2
    budget.trial_changed(trial(0, State.RUNNING, HOUR / 2))
    clock.now += HOUR / 4
    assert budget.spent() == pytest.approx(0.75)
    assert budget.reached() is None
    clock.now += HOUR / 4
    reached = budget.reached()
    assert reached is not None
    assert reached.code is Exit.BUDGET
    assert "search.gpu_hours=2" in reached.reason


def test_an_epoch_that_was_never_reported_used_them_too(clock: Clock) -> None:
    budget = GpuBudget(10, 1, [], pausing=False)
    budget.trial_changed(trial(0, State.RUNNING, 0))
    clock.now += HOUR
    budget.trial_changed(trial(0, State.FAILED, 0))
    clock.now += HOUR
    assert budget.spent() == pytest.approx(1.0)


def test_a_worker_that_loads_its_libraries_uses_them_too(clock: Clock) -> None:
    budget = GpuBudget(10, 1, [], pausing=False)
    budget.trial_changed(trial(0, State.RUNNING, 0))
    clock.now += HOUR
    # half of it was time of the trial
    budget.trial_changed(trial(0, State.RUNNING, HOUR / 2))
    assert budget.spent() == pytest.approx(1.0)


def test_a_paused_trial_uses_none(clock: Clock) -> None:
    budget = GpuBudget(10, 1, [], pausing=True)
    budget.trial_changed(trial(0, State.RUNNING, 0))
    budget.trial_changed(trial(0, State.RUNNING, HOUR))
    clock.now += 5 * HOUR
    assert budget.spent() == pytest.approx(1.0)


def test_without_a_budget_nothing_ends(clock: Clock, record: Record) -> None:
    record.write_spent(1e9)
    assert TimeBudget(None, record).reached() is None
    assert GpuBudget(None, 8, [trial(0, State.COMPLETE, 1e9)], pausing=False).reached() is None
