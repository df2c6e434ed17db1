from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from search.results.choice_tables import choice_tables, median_interval
from search.results.trial_table import trial_table
from search.results.trials import State


def test_a_choice_of_nothing_is_not_a_parameter_that_is_not_active(trial: Any, result: Any) -> None:
    found = result(
        trial(0, [0.1], point={"kind": None}),
        trial(1, [0.2], point={}),
        trial(2, [0.3], point={"kind": 0.5}),
    )
    assert trial_table(found)["kind"].isna().tolist() == [False, True, False]
    assert choice_tables(found)["kind"]["value"].tolist() == ["0.5", "null"]


def test_a_choice_table_has_the_numbers_of_its_trials(trial: Any, result: Any) -> None:
    # plain: best values 1, 2, 3, 10, 11 (median 3, two of six stopped); deep: 4
    scores = [3.0, 1.0, 11.0, 2.0, 10.0]
    states = [State.COMPLETE, State.STOPPED, State.COMPLETE, State.STOPPED, State.COMPLETE]
    plain = [
        trial(n, [score], state, point={"kind": "plain"})
        for n, (score, state) in enumerate(zip(scores, states, strict=True))
    ]
    failed = trial(5, [99.0], State.FAILED, point={"kind": "plain"})
    table = choice_tables(result(*plain, failed, trial(6, [4.0], point={"kind": "deep"})))["kind"]
    first, second = table.to_dict("records")
    assert first["value"] == "plain"
    assert (first["trials"], first["best"], first["median"]) == (6, 11.0, 3.0)
    assert first["share_stopped"] == pytest.approx(2 / 6)
    # 1 in 2^5 that all five lie on one side of the median: 5 % are not reached by the outermost
    assert (first["median_low"], first["median_high"]) == (1.0, 11.0)
    assert (second["value"], second["trials"], second["best"]) == ("deep", 1, 4.0)
    assert math.isnan(second["median_low"])


def test_the_best_choice_comes_first_where_small_is_good(trial: Any, result: Any) -> None:
    found = result(
        trial(0, [3.0, 5.0], point={"kind": "a"}),
        trial(1, [2.0, 9.0], point={"kind": "b"}),
        mode="min",
    )
    table = choice_tables(found)["kind"]
    assert table["value"].tolist() == ["b", "a"]
    assert table["best"].tolist() == [2.0, 3.0]


def test_a_choice_of_numbers_has_a_table_and_a_range_has_none(trial: Any, result: Any) -> None:
    found = result(
        trial(0, [1.0], point={"kind": 64, "depth": 1}),
        trial(1, [2.0], point={"kind": 128, "depth": 2}),
    )
    assert list(choice_tables(found)) == ["kind"]


@pytest.mark.parametrize("count", [2, 4, 5, 7, 8, 10, 11, 25])
def test_the_interval_of_a_median_is_that_of_the_binomial_law(count: int) -> None:
    values = np.random.default_rng(count).permutation(np.arange(1.0, count + 1)).tolist()
    # P(fewer than k of n values lie below the median) = sum of C(n, i) / 2^n for i < k
    below = [sum(math.comb(count, i) for i in range(k)) / 2**count for k in range(1, count + 1)]
    enough = [k for k, share in enumerate(below, start=1) if share <= 0.05]
    low, high = median_interval(values)
    if enough:
        assert (low, high) == (enough[-1], count + 1 - enough[-1])
    else:
        assert math.isnan(low)
        assert math.isnan(high)


def test_the_interval_covers_the_median_as_often_as_it_says() -> None:
    # the coverage for ten values is 1 - 2 * (1 + 10) / 1024 = 0.9785, by the binomial law
    draws = stats.uniform.rvs(size=(400, 10), random_state=np.random.default_rng(1))
    covered = [low <= 0.5 <= high for low, high in map(median_interval, draws.tolist())]
    assert np.mean(covered) == pytest.approx(0.9785, abs=4 * math.sqrt(0.9785 * 0.0215 / 400))


def test_one_value_has_no_interval() -> None:
    assert all(map(math.isnan, median_interval([1.0])))
    assert all(map(math.isnan, median_interval([])))


def test_of_several_objectives_a_choice_is_told_by_its_part_of_the_front(traded: Any) -> None:
    table = choice_tables(traded)["kind"]
    plain, deep = table.to_dict("records")
    # plain: (1, 10), (0.6, 4) and (0, 0), all on the front; deep: (0.9, 6) on it and (0.5, 5) not,
    # and one that cannot be believed
    assert (plain["value"], plain["trials"], plain["on_front"]) == ("plain", 3, 3)
    assert (deep["value"], deep["trials"], deep["on_front"]) == ("deep", 3, 1)
    assert (plain["best_score"], plain["median_score"]) == (1.0, 0.6)
    assert (plain["best_other"], plain["median_other"]) == (0.0, 4.0)
    assert (deep["best_score"], deep["median_score"]) == (0.9, pytest.approx(0.7))
    assert (deep["best_other"], deep["median_other"]) == (5.0, 5.5)
    assert plain["share_stopped"] == pytest.approx(1 / 3)
