from __future__ import annotations

import math
from typing import Any

import pytest

from search.results.trials import Checkpoint, Objective, Perturbation, State, ranked

UP, DOWN = Objective("score", "max"), Objective("score", "min")
NAN, INF = math.nan, math.inf


@pytest.mark.parametrize(
    ("scores", "objective", "epoch"),
    [
        ([0.1, 0.3, 0.2], UP, 2),
        ([0.1, 0.3, 0.2], DOWN, 1),
        ([0.3, 0.3, 0.3], UP, 1),
        ([NAN, 0.1, NAN], UP, 2),
        ([NAN, 0.1, NAN], DOWN, 2),
        ([INF, 0.1], UP, 2),
        ([-INF, 0.1], DOWN, 2),
    ],
)
def test_the_best_report_is_the_first_of_the_finite_ones(
    trial: Any, scores: list[float], objective: Objective, epoch: int
) -> None:
    best = trial(scores=scores).best_report(objective)
    assert best.epoch == epoch


@pytest.mark.parametrize("scores", [[], [NAN], [NAN, INF, -INF]])
def test_a_trial_without_a_finite_value_has_no_best(trial: Any, scores: list[float]) -> None:
    assert trial(scores=scores).best_report(UP) is None
    assert math.isnan(trial(scores=scores).value(UP))


def test_a_metric_that_was_never_reported_has_no_best(trial: Any) -> None:
    assert trial(scores=[0.1]).best_report(Objective("nosuch", "max")) is None


@pytest.mark.parametrize(("objective", "order"), [(UP, [1, 2, 0]), (DOWN, [0, 1, 2])])
def test_trials_are_ranked_by_value_and_ties_by_number(
    trial: Any, objective: Objective, order: list[int]
) -> None:
    trials = [trial(2, [0.5]), trial(0, [0.1]), trial(1, [0.5])]
    assert [t.number for t in ranked(trials, objective)] == order


@pytest.mark.parametrize("state", [s for s in State if s not in (State.COMPLETE, State.STOPPED)])
def test_only_trials_that_can_be_believed_are_ranked(trial: Any, state: State) -> None:
    stopped = trial(0, [0.1], State.STOPPED)
    assert ranked([stopped, trial(1, [0.9], state), trial(2, [NAN])], UP) == [stopped]


def test_the_best_checkpoint_can_be_chosen_by_another_metric(trial: Any) -> None:
    kept = (Checkpoint("a", 1, 0.9, ""), Checkpoint("b", 3, 0.7, ""))
    held = trial(scores=[0.9, 0.8, 0.7], others=[5.0, 4.0, 6.0], checkpoints=kept)
    by_score = held.best_checkpoint(UP)
    by_other = held.best_checkpoint(Objective("other", "max"))
    assert (by_score.path, by_score.value) == ("a", 0.9)
    assert (by_other.path, by_other.value) == ("b", 6.0)


def test_a_checkpoint_without_a_finite_value_is_not_the_best(trial: Any) -> None:
    kept = (Checkpoint("a", 1, NAN, ""), Checkpoint("b", 2, 0.2, ""))
    assert trial(scores=[NAN, 0.2], checkpoints=kept).best_checkpoint(DOWN).path == "b"
    assert trial(scores=[NAN], checkpoints=kept[:1]).best_checkpoint(DOWN) is None


@pytest.mark.parametrize(("epoch", "x"), [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (9, 3)])
def test_an_epoch_is_trained_under_the_last_point_before_it(trial: Any, epoch: int, x: int) -> None:
    held = trial(
        point={"x": 1},
        config={"a": 1},
        perturbed=(Perturbation(3, {"x": 2}, {"a": 2}), Perturbation(5, {"x": 3}, {"a": 3})),
    )
    assert held.point_at(epoch) == {"x": x}
    assert held.config_at(epoch) == {"a": x}
