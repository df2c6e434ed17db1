"""Limits of whole searches: reached, and gone on with when there is more."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from search.engine.outcome import Outcome
from search.exits import Exit
from search.results.trials import State

pytestmark = pytest.mark.ray

Run = Callable[..., Outcome]
SLOW = "{trainer: {seconds_per_epoch: 0.5}}"


def test_a_spent_time_budget_ends_a_search_that_a_larger_one_completes(run: Run) -> None:
    first = run("x: {float: [0, 1]}", SLOW, trials=2, scheduler="{name: none}", time_budget="2s")
    assert first.code == Exit.BUDGET
    assert "search.time_budget, 2s over all runs, is spent" in (first.reason or "")
    assert {trial.state for trial in first.result.trials} == {State.INTERRUPTED}

    # what the first run spent counts: the same budget allows nothing more
    again = run("x: {float: [0, 1]}", SLOW, trials=2, scheduler="{name: none}", time_budget="2s")
    assert again.code == Exit.BUDGET
    assert [t.epochs for t in again.result.trials] == [t.epochs for t in first.result.trials]

    last = run("x: {float: [0, 1]}", SLOW, trials=2, scheduler="{name: none}", time_budget="1h")
    assert last.code == Exit.DONE
    assert [trial.epochs for trial in last.result.trials] == [9, 9]


def test_on_a_disk_that_is_short_of_room_no_trial_begins(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = shutil.disk_usage(tmp_path).free
    monkeypatch.setenv("TUNE_RUN_FREE_MB", str(int(free * 1.5 / 10**6)))
    outcome = run("x: {float: [0, 1]}", trials=5)
    assert outcome.code == Exit.INFRASTRUCTURE
    assert "no trial runs any more, and none may begin" in (outcome.reason or "")
    assert outcome.result.trials == ()


def test_trials_that_all_fail_alike_end_a_search_that_may_have_many_faults(run: Run) -> None:
    outcome = run("x: {float: [0, 1]}", "{fault: raise}", trials=50, max_failed=50)
    assert outcome.code == Exit.NOTHING_USABLE
    assert "all failed alike: RuntimeError: the trainable gave up" in (outcome.reason or "")
    assert len(outcome.result.started()) < 10
