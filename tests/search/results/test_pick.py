"""Which trade-off is wanted: scaled losses of the front are (0, 1), (.1, .6), (.4, .4), (1, 0)."""

from __future__ import annotations

import pytest

from search.errors import UserError
from search.results.pareto import reached
from search.results.pick import in_pick_order, parse_pick
from search.results.result import SearchResult
from search.results.trade_off import TradeOff
from search.results.trials import Objective

GOAL = TradeOff((Objective("score", "max"), Objective("other", "min")))
THREE = TradeOff((*GOAL.parts, Objective("cost", "min")))


def picked(result: SearchResult, text: str) -> list[int]:
    points = in_pick_order(reached(result), parse_pick(text, GOAL), GOAL)
    return [point.trial.number for point in points]


@pytest.mark.parametrize(
    ("text", "order"),
    [
        # sums 1, 0.7, 0.8, 1 of trials 0, 1, 2, 4; of equals the better score; 3 is dominated
        ("knee", [1, 2, 0, 4, 3]),
        ("score=1,other=1", [1, 2, 0, 4, 3]),
        (" score = 2 , other = 2.0 ", [1, 2, 0, 4, 3]),
        # 0.3, 0.25, 0.4, 0.7
        ("score=0.7,other=0.3", [1, 0, 2, 4, 3]),
        # 0.8, 0.5, 0.4, 0.2
        ("score=0.2,other=0.8", [4, 2, 1, 0, 3]),
        ("score=1,other=0", [0, 1, 2, 4, 3]),
        # other of trials 0 to 4 is 10, 6, 4, 5, 0; the rest by score, what is dominated last
        ("other<=5", [2, 4, 3]),
        ("other<=5.5", [2, 4, 3]),
        ("other<=0", [4]),
        # score is 1, 0.9, 0.6, 0.5, 0
        ("score>=0.6", [2, 1, 0]),
        ("score>=0.5,other<=6", [1, 2, 3]),
        ("other<=6,score=1", [1, 2, 4, 3]),
    ],
)
def test_trade_offs_are_ordered_by_what_is_wanted(
    traded: SearchResult, text: str, order: list[int]
) -> None:
    assert picked(traded, text) == order


REFUSED: list[tuple[str, str]] = [
    (
        "kneee",
        "'kneee' cannot be read; give knee, a weight for each objective "
        "('score=0.7,other=0.3'), or a bound ('other<=0.01')",
    ),
    ("", "'' cannot be read"),
    ("score=1,", "'score=1,' cannot be read"),
    (
        "scor=1,other=1",
        "'scor' is no objective of this search; they are: score, other; did you mean 'score'?",
    ),
    ("score=1", "no weight is given for other; give each a weight, or 0"),
    ("score=0,other=0", "every weight is 0; give at least one objective a larger one"),
    ("score=-1,other=1", "the weight of score is -1; weights are 0 or more"),
    ("score=much,other=1", "score needs a finite number, found 'much'"),
    ("other<=nan", "other needs a finite number, found 'nan'"),
    ("score=1,score=2", "score is given twice in 'score=1,score=2'; give each objective once"),
    ("other>=0.5", "other is better when it is smaller; bound it by other<=0.5"),
    ("score<=0.5", "score is better when it is larger; bound it by score>=0.5"),
    ("score>0.5", "a bound is written score>=0.5, found score>0.5"),
]


@pytest.mark.parametrize(("text", "said"), REFUSED)
def test_what_cannot_be_picked_says_what_can(text: str, said: str) -> None:
    with pytest.raises(UserError) as error:
        parse_pick(text, GOAL)
    assert str(error.value).startswith(f"--pick: {said}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "other<=-1",
            "nothing that was reached has other<=-1 (the best is other 0, trial 00004)",
        ),
        (
            "other<=4.5,score>=0.95",
            "nothing that was reached has other<=4.5 (the best is other 0, trial 00004) and "
            "score>=0.95 (the best is score 1, trial 00000)",
        ),
    ],
)
def test_bounds_that_nothing_keeps_say_how_near_one_can_come(
    traded: SearchResult, text: str, said: str
) -> None:
    with pytest.raises(UserError) as error:
        picked(traded, text)
    assert said in str(error.value)


def test_what_has_no_bound_shares_the_weights() -> None:
    assert parse_pick("cost<=3", THREE).weights == (1.0, 1.0, 0.0)
    assert parse_pick("knee", THREE).weights == (1.0, 1.0, 1.0)
    every = parse_pick("cost<=3,other<=1,score>=0", THREE)
    assert every.weights == (1.0, 1.0, 1.0)
    assert [str(bound) for bound in every.bounds] == ["cost<=3", "other<=1", "score>=0"]


def test_a_search_without_points_has_nothing_to_order() -> None:
    assert in_pick_order([], parse_pick("other<=0", GOAL), GOAL) == []
