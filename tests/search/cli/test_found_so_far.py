from __future__ import annotations

from search.cli.found_so_far import found_so_far
from search.results.trade_off import TradeOff
from search.results.trials import Objective

SCORE, OTHER = Objective("score", "max"), Objective("other", "min")


def test_of_one_objective_the_best_is_said() -> None:
    assert found_so_far(SCORE, {3: (0.25,), 7: (0.5,), 9: (0.5,)}) == "best 0.5, trial 00007"
    assert found_so_far(OTHER, {3: (0.25,), 7: (0.5,)}) == "best 0.25, trial 00003"


def test_of_several_the_front_and_its_ends_are_said() -> None:
    # (0.5, 3) and (0.25, 1) trade off, (0.25, 2) is dominated
    values = {3: (0.5, 3.0), 4: (0.25, 2.0), 7: (0.25, 1.0)}
    assert found_so_far(TradeOff((SCORE, OTHER)), values) == (
        "2 on the front: score up to 0.5 (trial 00003), other down to 1 (trial 00007)"
    )


def test_nothing_is_said_of_nothing() -> None:
    assert found_so_far(SCORE, {}) == found_so_far(TradeOff((SCORE, OTHER)), {}) == ""
