"""The tally after each change is what looking through all trials anew would give."""

from __future__ import annotations

import math
import random
import sys
from collections import Counter
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from search.cli.tally import Tally
from search.results.trade_off import TradeOff
from search.results.trials import FAULTY, Objective, Report, State, TrialRecord, ranked

MAX_EPOCHS = 9


def trial(number: int, state: State, *scores: float) -> TrialRecord:
    reports = tuple(Report(n, float(n), {"score": s}) for n, s in enumerate(scores, start=1))
    return TrialRecord(number, state, {}, 0, reports=reports)


def changes(seed: int) -> list[TrialRecord]:
    """Trials that begin, report, are taken back and end in every way, all mixed up."""
    generator = random.Random(seed)
    told = []
    for _ in range(400):
        scores = [
            generator.choice([math.nan, math.inf, generator.randrange(5), generator.random()])
            for _ in range(generator.randrange(MAX_EPOCHS))
        ]
        told.append(trial(generator.randrange(40), generator.choice(list(State)), *scores))
    return told


@pytest.mark.parametrize("mode", ["max", "min"])
@pytest.mark.parametrize("seed", range(3))
def test_it_equals_what_all_trials_say(mode: str, seed: int) -> None:
    objective = Objective("score", mode)
    tally, held = Tally(objective, MAX_EPOCHS), dict[int, TrialRecord]()
    for change in changes(seed):
        tally.put(change)
        held[change.number] = change
        trials = [held[number] for number in sorted(held)]
        assert +tally.states == Counter(t.state for t in trials)
        assert tally.finished == sum(t.state is not State.RUNNING for t in trials)
        assert tally.epochs == sum(t.epochs for t in trials)
        stopped = [t for t in trials if t.state is State.STOPPED]
        assert tally.saved == sum(MAX_EPOCHS - t.epochs for t in stopped)
        assert tally.running() == [t for t in trials if t.state is State.RUNNING]
        assert tally.ranked(5) == ranked(trials, objective)[:5]
        believed = {t.number: t.value(objective) for t in trials if t.state not in FAULTY}
        finite = {number: value for number, value in believed.items() if math.isfinite(value)}
        best = (max if mode == "max" else min)(finite.values(), default=None)
        first = min((n for n, value in finite.items() if value == best), default=None)
        told = "" if best is None else f"best {best:.5g}, trial {first:05d}"
        assert tally.found() == told
        assert first is None or tally.values(first) == (best,)


def test_several_objectives_are_told_as_a_front_with_its_ends() -> None:
    tally = Tally(TradeOff((Objective("score", "max"), Objective("cost", "min"))), MAX_EPOCHS)
    for number, (score, cost) in enumerate([(0.5, 3.0), (0.9, 5.0), (0.4, 4.0)]):
        reports = (Report(1, 1.0, {"score": score, "cost": cost}),)
        tally.put(TrialRecord(number, State.COMPLETE, {}, 0, reports=reports))
    # the third is worse than the first in both
    assert tally.found() == (
        "2 on the front: score up to 0.9 (trial 00001), cost down to 3 (trial 00000)"
    )
    assert {t.number for t in tally.ranked(2)} == {0, 1}


def test_the_last_two_faults_are_remembered_in_the_order_in_which_they_came() -> None:
    tally = Tally(Objective("score", "max"), MAX_EPOCHS)
    for number, state in ((3, State.FAILED), (1, State.DIED), (0, State.DIVERGED)):
        tally.put(trial(number, State.RUNNING))
        tally.put(trial(number, state))
    assert [t.number for t in tally.faults()] == [1, 0]


def calls_of(step: Callable[[], object]) -> int:
    """How many calls, of Python or of C, a step takes."""
    calls = 0

    def count(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        step()
    finally:
        sys.setprofile(None)
    return calls


def test_ten_thousand_trials_cost_no_more_at_a_change_than_ten() -> None:
    def step(n_trials: int) -> int:
        tally = Tally(Objective("score", "max"), MAX_EPOCHS)
        for number in range(n_trials):
            tally.put(trial(number, State.COMPLETE, 0.1, number / n_trials))
        tally.put(trial(n_trials, State.RUNNING, 0.5))

        def change() -> None:
            tally.put(trial(n_trials, State.RUNNING, 0.5, 0.6))
            tally.found(), tally.finished, tally.running(), tally.ranked(8), tally.faults()

        return calls_of(change)

    assert step(10_000) == step(10) > 10
