from __future__ import annotations

from typing import Any

import pytest

from search.results.pareto import front_of, is_trade_off, leading, reached
from search.results.result import SearchResult
from search.results.trials import Checkpoint

TWO = {"metric": ["score", "other"], "mode": ["max", "min"]}


def places(result: SearchResult) -> list[tuple[int, int, int]]:
    return [(point.front, point.trial.number, point.epoch) for point in reached(result)]


def test_what_was_reached_comes_front_by_front_from_the_knee_on(traded: SearchResult) -> None:
    # from trial 1 at (0.1, 0.6): trial 4 lies 1.08 away, trial 0 0.41, trial 2 0.36
    assert places(traded) == [(1, 1, 1), (1, 4, 1), (1, 0, 1), (1, 2, 1), (2, 3, 1)]
    assert [point.trial.number for point in front_of(traded)] == [1, 4, 0, 2]


def test_each_point_has_the_checkpoint_that_realises_it(traded: SearchResult) -> None:
    for point in reached(traded):
        assert point.checkpoint is not None
        assert point.checkpoint.value == point.values


def test_every_kept_checkpoint_of_a_trial_competes(trial: Any, result: Any) -> None:
    # epochs 1, 2, 4 were kept; 2 and 4 trade off, 1 is dominated by 2; 3 would be the best of all
    kept = tuple(Checkpoint(f"c/{epoch}", epoch, 0.0, "") for epoch in (1, 2, 4))
    held = trial(0, [0.1, 0.2, 9.0, 0.3], others=[3.0, 2.0, 0.0, 4.0], checkpoints=kept)
    assert places(result(held, search=TWO)) == [(1, 0, 4), (1, 0, 2), (2, 0, 1)]


def test_a_trial_without_checkpoints_has_its_best_epoch(trial: Any, result: Any) -> None:
    held = trial(0, [0.1, 0.2, 0.1], others=[3.0, 2.0, 4.0])
    (point,) = reached(result(held, search=TWO))
    assert (point.epoch, point.values, point.checkpoint) == (2, (0.2, 2.0), None)


def test_a_search_without_trials_has_no_front(result: Any) -> None:
    assert reached(result(search=TWO)) == []
    assert leading(result(search=TWO)) is None
    assert leading(result()) is None


def test_the_knee_leads_and_of_one_objective_the_best(traded: SearchResult, small: Any) -> None:
    knee, best = leading(traded), leading(small)
    assert knee is not None
    assert (knee.trial.number, knee.values) == (1, (0.9, 6.0))
    # trial 1 of the small search has 0.9 at its first epoch, and a checkpoint of it
    assert best is not None
    assert (best.trial.number, best.epoch, best.values) == (1, 1, (0.9,))
    assert best.checkpoint is not None
    assert best.checkpoint.path == "c/1"


def test_a_search_says_how_many_objectives_it_has(traded: SearchResult, small: Any) -> None:
    assert is_trade_off(traded)
    assert not is_trade_off(small)
    assert small.objective.metric == "score"
    with pytest.raises(ValueError, match=r"several objectives \(score, other\)"):
        _ = traded.objective


def test_test_metrics_belong_to_the_checkpoint_that_was_tested(trial: Any, result: Any) -> None:
    kept = tuple(Checkpoint(f"c/{epoch}", epoch, 0.0, "") for epoch in (1, 2))
    held = trial(0, [0.1, 0.2], others=[1.0, 2.0], checkpoints=kept)
    found = result(held, search=TWO, tests={0: {"test_score": 0.5}})
    assert found.tests_at(0, 2) == {"test_score": 0.5}
    assert found.tests_at(0, 1) == {}
    assert found.tests_at(7, 1) == {}
