from __future__ import annotations

import pytest

from search.engine.ends import EarlyEnd
from search.engine.fault_limit import ALIKE, FaultLimit
from search.exits import Exit
from search.results.trials import State, TrialRecord

CAUSE = "Traceback\n  File ...\nModuleNotFoundError: No module named 'uproot'"


def trial(number: int, state: State, cause: str | None = None) -> TrialRecord:
    return TrialRecord(number, state, {}, 0, cause=cause)


def told(*trials: TrialRecord, limit: int = 100, earlier: tuple[TrialRecord, ...] = ()) -> EarlyEnd:
    end = EarlyEnd()
    faults = FaultLimit(limit, end, earlier)
    for each in trials:
        faults.trial_changed(each)
    return end


def failed(*numbers: int, cause: str = CAUSE) -> list[TrialRecord]:
    return [trial(number, State.FAILED, cause) for number in numbers]


def test_as_many_faults_as_are_allowed_end_nothing() -> None:
    end = told(*[trial(n, State.DIVERGED, f"nan at epoch {n}") for n in range(4)], limit=4)
    assert end.reason is None


def test_one_fault_more_ends_the_search_with_its_cause() -> None:
    end = told(*[trial(n, State.DIVERGED, f"nan at epoch {n}") for n in range(5)], limit=4)
    assert end.code is Exit.NOTHING_USABLE
    assert end.reason == (
        "5 trials failed or diverged and search.max_failed is 4; the last one: nan at epoch 4; "
        "going on needs a larger one, such as search.max_failed=10"
    )


def test_a_trial_that_is_told_twice_is_one_fault() -> None:
    once = trial(0, State.DIVERGED, "nan at epoch 1")
    assert told(once, once, once, limit=1).reason is None


def test_the_faults_of_earlier_runs_count() -> None:
    earlier = tuple(failed(0, 1))
    assert told(earlier=earlier, limit=2).reason is None
    assert told(*failed(2), earlier=earlier, limit=2).code is Exit.NOTHING_USABLE


def test_a_resume_beyond_the_limit_ends_before_its_first_trial() -> None:
    assert told(earlier=tuple(failed(0, 1, 2)), limit=2).code is Exit.NOTHING_USABLE


def test_the_first_trials_that_fail_alike_end_the_search() -> None:
    assert ALIKE == 3
    assert told(*failed(0, 1)).reason is None
    end = told(*failed(0, 1, 2))
    assert end.code is Exit.NOTHING_USABLE
    assert end.reason == (
        "trials 00000, 00001, 00002, the first 3 to end, all failed alike: "
        "ModuleNotFoundError: No module named 'uproot'"
    )


@pytest.mark.parametrize(
    "second",
    [
        trial(1, State.COMPLETE),
        trial(1, State.FAILED, "ValueError: another one"),
        trial(1, State.DIVERGED, CAUSE),
    ],
    ids=["one succeeds", "another cause", "a fault of the point"],
)
def test_first_trials_that_end_otherwise_let_the_search_go_on(second: TrialRecord) -> None:
    assert told(*failed(0), second, *failed(2, 3, 4)).reason is None


def test_a_success_of_an_earlier_run_speaks_against_a_fault_of_all() -> None:
    assert told(*failed(1, 2, 3), earlier=(trial(0, State.STOPPED),)).reason is None


def test_what_failed_alike_before_a_resume_may_have_been_mended() -> None:
    assert told(earlier=tuple(failed(0, 1, 2))).reason is None


def test_trials_that_run_or_were_cut_off_have_not_ended() -> None:
    unfinished = [trial(0, State.RUNNING), trial(1, State.INTERRUPTED, CAUSE)]
    assert told(*unfinished, *failed(2, 3)).reason is None
    assert told(*unfinished, *failed(2, 3, 4)).code is Exit.NOTHING_USABLE
