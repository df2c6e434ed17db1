"""Searches of several objectives side by side: shares of a box, added up by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest

from search.results.comparison import comparison_table
from search.results.front_comparison import box_of
from search.results.trials import State

TWO = {"metric": ["score", "other"], "mode": ["max", "min"]}


def test_the_box_lies_around_the_common_front_with_a_margin_of_a_tenth() -> None:
    # the front is (0, 10) and (10, 0); (20, 20) is dominated, and 1 is a tenth of the extent
    box = box_of([(0.0, 10.0), (10.0, 0.0), (20.0, 20.0)])
    assert box is not None
    assert (box.ideal, box.reference) == ((0.0, 0.0), (11.0, 11.0))


def test_an_axis_without_extent_is_spanned_by_what_is_dominated_or_by_its_size() -> None:
    box = box_of([(1.0, 5.0), (3.0, 5.0)])
    assert box is not None
    # the front is (1, 5): from 1 to 3 and a tenth; 5 itself is the extent of the other axis
    assert box.reference == pytest.approx((1 + 2 * 1.1, 5 + 5 * 1.1))
    nothing = box_of([(0.0, 0.0)])
    assert nothing is not None
    assert nothing.reference == (1.1, 1.1)
    assert box_of([]) is None


@pytest.fixture
def rows(trial: Any, result: Any) -> list[dict[Any, Any]]:
    """Two searches: one of two extremes, one of a point between them and one that failed."""
    wide = result(
        trial(0, [0.0, 10.0], others=[5.0, 10.0], started=0.0),
        trial(1, [0.0], State.STOPPED, others=[0.0], started=100.0),
        name="wide",
        search=TWO,
    )
    narrow = result(
        trial(0, [5.0], others=[5.0], started=0.0),
        trial(1, [9.0], State.FAILED, others=[0.0], started=100.0),
        name="narrow",
        search=TWO,
    )
    return comparison_table([wide, narrow]).to_dict("records")


def test_each_search_has_its_share_of_the_common_box(rows: list[dict[Any, Any]]) -> None:
    # The losses are (-10, 10) and (0, 0) beside (-5, 5): a front from (-10, 0) to (0, 10), and the
    # reference a tenth beyond, at (1, 11). The extremes dominate 11 * 1 and 1 * 11 of it, of which
    # 1 * 1 is common; the point between them dominates 6 * 6.
    wide, narrow = rows
    assert (wide["on_front"], narrow["on_front"]) == (2, 1)
    assert wide["hypervolume"] == pytest.approx((11 + 11 - 1) / 121)
    assert narrow["hypervolume"] == pytest.approx(36 / 121)
    assert wide["reference"] == narrow["reference"] == "score -1, other 11"
    assert wide["ideal"] == narrow["ideal"] == "score 10, other 0"


def test_the_share_grows_with_the_epochs_that_were_spent(rows: list[dict[Any, Any]]) -> None:
    # Three epochs and two: two are shared. The first one of the wide search was (0, 5), which
    # dominates 1 * 6 of the box; with the second one the trial is (10, 10), and dominates 11 * 1.
    wide, narrow = rows
    assert wide["after_1_epochs"] == pytest.approx(6 / 121)
    assert wide["after_2_epochs"] == pytest.approx(11 / 121)
    assert narrow["after_1_epochs"] == narrow["after_2_epochs"] == pytest.approx(36 / 121)


def test_a_search_that_found_nothing_has_no_share(trial: Any, result: Any) -> None:
    failed = result(trial(0, [1.0], State.FAILED, others=[1.0]), search=TWO, name="a")
    found = result(trial(0, [1.0], others=[1.0]), search=TWO, name="b")
    nothing, something = comparison_table([failed, found])["hypervolume"]
    # one point has the best of everything
    assert (nothing, something) == (0.0, 1.0)
    assert all(map(math.isnan, comparison_table([failed, failed])["hypervolume"]))


def test_other_objectives_are_not_compared(trial: Any, result: Any) -> None:
    from search.errors import UserError

    both, one = result(trial(0, [1.0]), search=TWO, name="both"), result(name="one")
    with pytest.raises(UserError) as error:
        comparison_table([both, one])
    assert "(both: score (max), other (min); one: score (max))" in str(error.value)
