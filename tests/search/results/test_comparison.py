from __future__ import annotations

import math
from typing import Any

import pytest

from search.errors import UserError
from search.results.comparison import best_by_epochs_spent, comparison_table
from search.results.trials import Report, State


def _with(trial: Any, *reports: Report) -> Any:
    return type(trial)(**{**vars(trial), "reports": reports})


def _at(trial: Any, number: int, started: float, scores: list[float], **more: Any) -> Any:
    return trial(number, scores, started=started, **more)


def test_the_best_so_far_goes_by_the_time_of_the_reports(trial: Any, result: Any) -> None:
    # reports at 101, 102 (trial 0) and at 100.5 + 1, 2, 3 (trial 1)
    found = result(
        _at(trial, 0, 100.0, [0.1, 0.5]),
        _at(trial, 1, 100.5, [0.3, 0.2, 0.9]),
    )
    assert best_by_epochs_spent(found) == [(1, 0.1), (2, 0.3), (3, 0.5), (4, 0.5), (5, 0.9)]


def test_epochs_of_a_trial_that_cannot_be_believed_are_spent_for_nothing(
    trial: Any, result: Any
) -> None:
    found = result(
        _at(trial, 0, 100.0, [0.9, 0.9], state=State.FAILED), _at(trial, 1, 200.0, [0.3])
    )
    spent, values = zip(*best_by_epochs_spent(found), strict=True)
    assert spent == (1, 2, 3)
    assert values == pytest.approx((math.nan, math.nan, 0.3), nan_ok=True)


def test_epochs_between_two_reports_are_spent_too(trial: Any, result: Any) -> None:
    every_third = [Report(3, 1.0, {"score": 0.1}), Report(6, 2.0, {"score": 0.2})]
    found = result(_with(trial(0), *every_third))
    assert best_by_epochs_spent(found) == [(3, 0.1), (6, 0.2)]


def test_searches_are_compared_after_as_many_epochs(trial: Any, result: Any) -> None:
    long = result(
        _at(trial, 0, 0.0, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]),
        _at(trial, 1, 100.0, [0.7, 0.8], state=State.STOPPED),
        name="long",
    )
    short = result(
        _at(trial, 0, 0.0, [0.45, 0.3]),
        _at(trial, 1, 100.0, [0.1, math.nan], state=State.DIVERGED),
        name="short",
    )
    # 8 and 4 epochs: shared are 4, of which 10, 25, 50, 75 and 100 % are 1, 1, 2, 3, 4
    first, second = comparison_table([long, short]).to_dict("records")
    assert (first["search"], first["trials"], first["complete"], first["stopped"]) == (
        *("long", 2, 1, 1),
    )
    assert (first["epochs"], second["epochs"]) == (8, 4)
    assert (first["best"], second["best"]) == (0.8, 0.45)
    assert (second["faulty"], first["seconds"]) == (1, 8.0)
    after = {key: value for key, value in first.items() if str(key).startswith("after_")}
    assert after == {
        "after_1_epochs": 0.1,
        "after_2_epochs": 0.2,
        "after_3_epochs": 0.3,
        "after_4_epochs": 0.4,
    }
    assert second["after_4_epochs"] == 0.45


def test_a_search_without_epochs_can_be_compared(trial: Any, result: Any) -> None:
    rows = comparison_table([result(trial(0, [0.5])), result(name="empty")])
    assert rows["epochs"].tolist() == [1, 0]
    assert math.isnan(rows["best"].iloc[1])


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"search": {"metric": "loss", "mode": "max"}}, "loss (max)"),
        ({"mode": "min"}, "score (min)"),
    ],
)
def test_searches_with_other_objectives_are_not_compared(
    trial: Any, result: Any, other: dict[str, Any], told: str
) -> None:
    found = [result(name="a"), result(trial(0, [0.5]), name="b", **other), result(name="c")]
    with pytest.raises(UserError) as error:
        comparison_table(found)
    assert f"(a, c: score (max); b: {told})" in str(error.value)
