"""ASHA for several objectives: who goes on from a rung, by hand; and the same after a resume."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pytest
from ray.tune.schedulers import FIFOScheduler, TrialScheduler

from search import spec
from search.engine import words
from search.engine.front_asha import FrontAsha
from search.engine.schedulers import FRONT_SCHEDULERS, SCHEDULERS, build_front_scheduler
from search.results.goal import Worth
from search.results.trade_off import TradeOff
from search.results.trials import Objective

GOAL = TradeOff((Objective("gain", "max"), Objective("cost", "min")))
GOES_ON, STOPS = TrialScheduler.CONTINUE, TrialScheduler.STOP


@dataclass(frozen=True, eq=False)
class Looked:
    """As much of a trial of Ray's as a scheduler looks at."""

    config: dict[str, Any]


def asha(max_epochs: int = 9, factor: int = 3, curves: Any = None) -> Any:
    options = spec.AshaScheduler(grace_epochs=1, reduction_factor=factor)
    return build_front_scheduler(options, max_epochs, GOAL, curves or {})


def added(scheduler: FrontAsha, number: int, start: int = 0) -> Any:
    trial: Any = Looked({"number": number, "start": {"epoch": start}})
    scheduler.on_trial_add(None, trial)
    return trial


def decide(scheduler: FrontAsha, trial: Any, epoch: int, worth: Worth, **more: Any) -> str:
    said = {words.EPOCH: epoch, words.BEST: worth} | more
    return scheduler.on_trial_result(None, trial, said)


# gain is to be large, cost to be small; the trials come to the rung of epoch 1 in this order
ARRIVALS: list[tuple[tuple[float, float], str]] = [
    # nobody to be compared with
    ((5.0, 5.0), GOES_ON),
    # of two one goes on: this one is dominated
    ((4.0, 6.0), STOPS),
    # of three one goes on: this one dominates both
    ((6.0, 4.0), GOES_ON),
    # of four two go on: (6, 4) and this one are the front
    ((9.0, 9.0), GOES_ON),
    # of five two, but the front is (6, 4), (9, 9) and this one: their scaled losses are
    # (0.38, 0.29), which is the knee, (0, 1) and (1, 0), 0.81 and 0.69 away from it
    ((1.0, 2.0), STOPS),
    # of six two: with (0.01, 0.93) this one lies nearer to the knee than (9, 9), whose place it is
    ((8.9, 8.5), STOPS),
    # of seven three: on the wider axes (6, 4) has (0.74, 0.11) and stays the knee, and this one
    # has (0, 1), which lies farthest from it
    ((20.0, 20.0), GOES_ON),
]


def test_a_rung_lets_the_front_go_on_and_cuts_it_from_its_knee() -> None:
    scheduler = asha()
    decisions = [
        decide(scheduler, added(scheduler, number), 1, worth)
        for number, (worth, _) in enumerate(ARRIVALS)
    ]
    assert decisions == [decision for _, decision in ARRIVALS]


def test_an_epoch_between_two_rungs_is_not_compared() -> None:
    scheduler = asha(curves={0: [(1, (5.0, 5.0)), (3, (9.0, 1.0))]})
    trial = added(scheduler, 1)
    assert decide(scheduler, trial, 1, (6.0, 1.0)) == GOES_ON
    assert decide(scheduler, trial, 2, (0.0, 9.0)) == GOES_ON
    assert decide(scheduler, trial, 3, (0.0, 9.0)) == STOPS


def test_the_first_report_after_a_rung_counts_for_it() -> None:
    scheduler = asha(curves={0: [(4, (5.0, 5.0))]})
    assert decide(scheduler, added(scheduler, 1), 5, (4.0, 6.0)) == STOPS


def test_the_last_epoch_is_no_rung() -> None:
    scheduler = asha(max_epochs=3, curves={0: [(1, (5.0, 5.0)), (3, (5.0, 5.0))]})
    trial = added(scheduler, 1)
    assert decide(scheduler, trial, 1, (6.0, 4.0)) == GOES_ON
    assert decide(scheduler, trial, 3, (0.0, 9.0)) == GOES_ON


def test_what_is_not_finite_is_not_compared() -> None:
    # the stopper ends such a trial, and it does not stand in the way of others
    scheduler = asha(curves={0: [(1, math.nan)]})
    assert decide(scheduler, added(scheduler, 1), 1, math.nan) == GOES_ON
    assert decide(scheduler, added(scheduler, 2), 1, (0.0, 9.0)) == GOES_ON


def test_a_resumed_search_decides_as_it_would_have() -> None:
    lived = asha()
    for number, (worth, _) in enumerate(ARRIVALS[:-1]):
        decide(lived, added(lived, number), 1, worth)
    curves = {n: [(1, worth)] for n, (worth, _) in reversed(list(enumerate(ARRIVALS[:-1])))}
    resumed = asha(curves=curves)
    for worth in ((20.0, 20.0), (0.5, 5.0), (7.0, 4.5), (1.0, 1.0)):
        decisions = {
            decide(scheduler, added(scheduler, 6), 1, worth) for scheduler in (lived, resumed)
        }
        assert len(decisions) == 1


def test_a_trial_that_goes_on_has_one_place_in_each_rung() -> None:
    scheduler = asha(curves={0: [(1, (5.0, 5.0)), (3, (9.0, 1.0))], 1: [(1, (6.0, 4.0))]})
    # from the checkpoint of epoch 2: epoch 3, which is a rung, is reported once more
    again = added(scheduler, 0, start=2)
    assert decide(scheduler, again, 3, (9.0, 1.0)) == GOES_ON
    # it is alone at that rung, and one of two at the rung of epoch 1, where it still stands
    assert decide(scheduler, added(scheduler, 2), 1, (5.0, 4.5)) == STOPS
    assert decide(scheduler, added(scheduler, 3), 3, (8.0, 2.0)) == STOPS


def test_the_last_message_of_a_trial_is_no_report() -> None:
    scheduler = asha(curves={0: [(1, (5.0, 5.0))]})
    trial = added(scheduler, 1)
    assert decide(scheduler, trial, 1, (4.0, 6.0), **{words.RETURNED: True}) == GOES_ON


def test_what_does_not_know_several_objectives_is_named_with_a_reason() -> None:
    able = {kind().name for kind in FRONT_SCHEDULERS}
    every = {*(kind().name for kind in SCHEDULERS), "pbt"}
    assert able == every - set(spec.ONE_OBJECTIVE)


def test_without_a_scheduler_nothing_is_stopped() -> None:
    scheduler = build_front_scheduler(spec.NoScheduler(), 9, GOAL, {})
    assert type(scheduler) is FIFOScheduler


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_one_in_so_many_goes_on(factor: int) -> None:
    # Each trial is dominated by the one before it: of n the first n / factor, rounded up, go on.
    scheduler = asha(factor=factor)
    decisions = [
        decide(scheduler, added(scheduler, number), 1, (-float(number), float(number)))
        for number in range(9)
    ]
    assert decisions == [GOES_ON] + [STOPS] * 8
    # and where each dominates those before it, all do
    scheduler = asha(factor=factor)
    decisions = [
        decide(scheduler, added(scheduler, number), 1, (float(number), -float(number)))
        for number in range(9)
    ]
    assert decisions == [GOES_ON] * 9
