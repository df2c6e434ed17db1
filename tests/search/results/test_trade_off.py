"""What a trial is worth by several objectives: the values of one of its epochs, and which one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.results.checkpoints import retained
from search.results.fronts import Vector, dominates
from search.results.goal import Worth
from search.results.trade_off import TradeOff, goal_in, goal_of
from search.results.trials import Checkpoint, Objective, Report, Start, State, placed

SCORE, OTHER = Objective("score", "max"), Objective("other", "min")
BOTH = TradeOff((SCORE, OTHER))
NAN = math.nan

Pairs = Sequence[tuple[float, float]]


def reports(pairs: Pairs) -> list[Report]:
    said = enumerate(pairs, start=1)
    return [Report(n, float(n), {"score": score, "other": other}) for n, (score, other) in said]


def kept(*worths: Worth) -> tuple[Checkpoint, ...]:
    return tuple(Checkpoint(f"c/{n}", n, worth, "") for n, worth in enumerate(worths, start=1))


def epochs(checkpoints: Sequence[Checkpoint]) -> list[int]:
    return [checkpoint.epoch for checkpoint in checkpoints]


# score is to be large, other to be small
@pytest.mark.parametrize(
    ("pairs", "epoch"),
    [
        # both get better: the last epoch
        ([(0.1, 3.0), (0.2, 2.0), (0.3, 1.0)], 3),
        # one for the other: as far as the trial has come
        ([(0.1, 1.0), (0.2, 2.0), (0.3, 3.0)], 3),
        # an epoch that is worse than an earlier one in both does not count
        ([(0.1, 1.0), (0.3, 2.0), (0.2, 3.0)], 2),
        # nor does one that is as good in one and worse in the other, or the same once more
        ([(0.3, 1.0), (0.3, 2.0)], 1),
        ([(0.3, 1.0), (0.3, 1.0)], 1),
        # epoch 3 trades with 2, but epoch 1 dominates it
        ([(0.5, 1.0), (0.9, 3.0), (0.4, 2.0)], 2),
        # values that are not finite do not count
        ([(0.1, 1.0), (NAN, 0.5), (0.2, math.inf)], 1),
    ],
)
def test_a_trial_is_worth_its_last_epoch_that_no_earlier_one_matches(
    pairs: Pairs, epoch: int
) -> None:
    best = BOTH.best_report(reports(pairs))
    assert best is not None
    assert best.epoch == epoch


@pytest.mark.parametrize("pairs", [[], [(NAN, 1.0)], [(0.1, math.inf)]])
def test_a_trial_without_finite_values_is_worth_nothing(pairs: Pairs, trial: Any) -> None:
    assert BOTH.best_report(reports(pairs)) is None
    held = trial(scores=[pair[0] for pair in pairs], others=[pair[1] for pair in pairs])
    assert all(map(math.isnan, held.values(BOTH)))


POINTS = st.lists(st.tuples(*[st.integers(0, 4).map(float)] * 2), min_size=1, max_size=10)


@given(POINTS)
def test_no_epoch_dominates_the_one_that_stands_for_a_trial(pairs: Pairs) -> None:
    best = BOTH.best_report(reports(pairs))
    assert best is not None
    own = BOTH.losses(pairs[best.epoch - 1])
    assert not any(dominates(BOTH.losses(pair), own) for pair in pairs)


@given(POINTS)
def test_of_one_objective_it_is_the_best_epoch_the_first_of_equals(pairs: Pairs) -> None:
    said = reports(pairs)
    assert TradeOff((SCORE,)).best_report(said) == SCORE.best_report(said)


@given(POINTS, st.integers(0, 10))
def test_a_trial_that_goes_on_is_worth_what_it_would_have_been(pairs: Pairs, cut: int) -> None:
    said = reports(pairs)
    whole = BOTH.course(Start())
    resumed = BOTH.course(Start(front=BOTH.front(said[:cut])))
    for report in said[:cut]:
        whole.take(report.metrics)
    for report in said[cut:]:
        assert resumed.take(report.metrics) == pytest.approx(
            whole.take(report.metrics), nan_ok=True
        )
        best = BOTH.best_report(said[: report.epoch])
        assert best is not None
        assert whole.best == resumed.best == BOTH.values(best.metrics)


@pytest.mark.parametrize(
    ("worths", "keep", "left"),
    [
        # the one that stands for the trial, which is the last one with a worth, and the last one
        ([(0.1, 1.0), (0.2, 2.0), NAN], 1, [2, 3]),
        ([(0.1, 1.0), (0.2, 2.0), NAN], 0, [3]),
        ([(0.1, 1.0), (0.2, 2.0), NAN], -1, [1, 2, 3]),
        # epoch 2 dominates epoch 1
        ([(0.1, 3.0), (0.2, 2.0), (0.3, 2.5)], 2, [2, 3]),
        ([(0.1, 3.0), (0.2, 2.0), (0.3, 2.5)], 3, [2, 3]),
        # from (1, 1) on scaled axes (0, 0) is the farthest, then (0.4, 0.4)
        ([(0.0, 0.0), (0.1, 1.0), (0.4, 4.0), (1.0, 10.0)], 2, [1, 4]),
        ([(0.0, 0.0), (0.1, 1.0), (0.4, 4.0), (1.0, 10.0)], 3, [1, 3, 4]),
        ([NAN, NAN], 1, [2]),
    ],
)
def test_checkpoints_are_kept_all_along_the_front_of_a_trial(
    worths: Sequence[Worth], keep: int, left: list[int]
) -> None:
    assert epochs(retained(kept(*worths), BOTH, keep, last=1)) == left


@given(POINTS, st.integers(1, 3))
def test_the_checkpoint_that_is_kept_gives_what_the_trial_is_worth(pairs: Pairs, keep: int) -> None:
    course = BOTH.course(Start())
    held: tuple[Checkpoint, ...] = ()
    for report in (said := reports(pairs)):
        new = Checkpoint(f"c/{report.epoch}", report.epoch, course.take(report.metrics), "")
        held = retained((*held, new), BOTH, keep)
    best, chosen = BOTH.best_report(said), BOTH.best_checkpoint(held, said)
    assert best is not None
    assert chosen is not None
    assert (chosen.epoch, chosen.value) == (best.epoch, BOTH.values(best.metrics))


def test_without_its_checkpoint_the_last_of_the_best_that_are_left_stands_in() -> None:
    said = reports([(0.1, 1.0), (0.2, 2.0), (0.3, 3.0), (0.2, 4.0)])
    left = (Checkpoint("a", 1, (0.1, 1.0), ""), Checkpoint("b", 2, (0.2, 2.0), ""))
    chosen = BOTH.best_checkpoint(left, said)
    assert chosen is not None
    assert chosen.path == "b"
    # epoch 4 was matched by epoch 2, but it is all that is left
    only = BOTH.best_checkpoint((Checkpoint("d", 4, NAN, ""),), said)
    assert only is not None
    assert (only.path, only.value) == ("d", (0.2, 4.0))
    assert BOTH.best_checkpoint((), said) is None


def test_trials_are_placed_front_by_front(trial: Any) -> None:
    # By hand: trials 1, 2 and 4 trade off; 2 is the knee (0.5 + 0.1 on scaled axes, the others 1);
    # 3 is dominated by 2 alone. A failed trial has no place.
    points = {1: (0.0, 0.0), 2: (0.5, 1.0), 3: (0.4, 2.0), 4: (1.0, 10.0)}
    trials = [trial(n, [score], others=[other]) for n, (score, other) in points.items()]
    failed = trial(0, [9.0], State.FAILED, others=[-9.0])
    order = [(rank, held.number) for rank, held in placed([failed, *reversed(trials)], BOTH)]
    assert order == [(1, 2), (1, 4), (1, 1), (2, 3)]


def test_values_keep_the_order_of_the_objectives_and_losses_their_signs() -> None:
    assert BOTH.values({"other": 2.0, "score": 0.5, "more": 1.0}) == (0.5, 2.0)
    assert BOTH.values({"score": 0.5}) is None
    losses: Vector = BOTH.losses((0.5, 2.0))
    assert losses == (-0.5, 2.0)


def test_a_goal_is_one_objective_or_several() -> None:
    assert goal_of("score", "max") == SCORE
    assert goal_of(["score"], ["max"]) == SCORE
    assert goal_of(["score", "other"], ["max", "min"]) == BOTH
    assert goal_in({"search": {"metric": ["score", "other"], "mode": ["max", "min"]}}) == BOTH
    assert BOTH.metrics == ("score", "other")
