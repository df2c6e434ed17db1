from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from search.errors import UserError
from search.results.folder import SearchFolder
from search.results.tables import (
    best_by_epochs_spent,
    choice_tables,
    comparison_table,
    median_interval,
    trial_table,
    write_table,
    write_tables,
)
from search.results.trials import Checkpoint, Report, State


@pytest.fixture
def small(trial: Any, result: Any) -> Any:
    """Five points: three with values, one diverged, one that was never trained."""
    deep = {"kind": "deep", "depth": 3}
    return result(
        trial(0, [0.2, 0.6], point={"kind": "plain"}),
        trial(1, [0.9, 0.8, 0.7], point=deep, checkpoints=(Checkpoint("c/1", 1, 0.9, "ab"),)),
        trial(2, [0.4], State.STOPPED, point={"kind": "plain"}),
        trial(3, [0.1, math.nan], State.DIVERGED, point=deep, cause="x\nValueError: no"),
        trial(4, state=State.DUPLICATE, point=deep),
        tests={1: {"test_score": 0.85}},
    )


def test_a_table_has_one_row_for_each_trial_that_was_trained(small: Any) -> None:
    assert trial_table(small)["trial"].tolist() == [0, 1, 2, 3]


def test_trials_that_cannot_be_believed_have_no_rank(small: Any) -> None:
    ranks = trial_table(small)["rank"]
    assert ranks.isna().tolist() == [False, False, False, True]
    assert ranks.dropna().tolist() == [2, 1, 3]


def test_a_row_says_what_the_trial_did(small: Any) -> None:
    row = trial_table(small).iloc[1]
    assert row["state"] == "complete"
    assert (row["score"], row["best_epoch"], row["epochs"], row["seconds"]) == (0.9, 1, 3, 3.0)
    assert (row["test_score"], row["checkpoint"]) == (0.85, "c/1")
    assert trial_table(small).iloc[3]["cause"] == "ValueError: no"


def test_a_parameter_that_is_not_active_is_an_empty_cell(small: Any, tmp_path: Path) -> None:
    trial_table(small).to_csv(tmp_path / "t.csv", index=False)
    read = pd.read_csv(tmp_path / "t.csv", dtype=str, keep_default_na=False)
    assert read["depth"].tolist() == ["", "3", "", "3"]


def test_a_choice_of_nothing_is_not_a_parameter_that_is_not_active(trial: Any, result: Any) -> None:
    found = result(
        trial(0, [0.1], point={"kind": None}),
        trial(1, [0.2], point={}),
        trial(2, [0.3], point={"kind": 0.5}),
    )
    assert trial_table(found)["kind"].isna().tolist() == [False, True, False]
    assert choice_tables(found)["kind"]["value"].tolist() == ["0.5", "null"]


def test_the_columns_come_in_a_fixed_order(small: Any) -> None:
    assert list(trial_table(small)) == [
        *("trial", "rank", "state", "score", "best_epoch", "epochs", "attempts"),
        *("seconds", "seed"),
        *("kind", "depth", "test_score", "checkpoint", "cause"),
    ]


def test_a_metric_that_is_called_like_our_column_does_not_replace_it(
    trial: Any, result: Any
) -> None:
    named = Report(1, 1.0, {"score": 0.5, "rank": 9.0, "epochs": 9.0, "seconds": 9.0})
    (row,) = trial_table(result(_with(trial(), named))).to_dict("records")
    assert (row["rank"], row["epochs"], row["seconds"]) == (1, 1, 1.0)


def _with(trial: Any, *reports: Report) -> Any:
    return type(trial)(**{**vars(trial), "reports": reports})


def test_a_search_without_trials_has_an_empty_table(result: Any) -> None:
    assert len(trial_table(result())) == 0
    assert choice_tables(result()) == {}


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


MIXED = pd.DataFrame({"label": ["SGD", 0.5, 3, True, None], "value": [0.1, 0.25, 1e-9, 2, 1 / 3]})


def test_a_column_of_texts_and_numbers_survives_csv(tmp_path: Path) -> None:
    write_table(MIXED, tmp_path / "t")
    read = pd.read_csv(tmp_path / "t.csv", dtype={"label": str}, keep_default_na=False)
    assert read["label"].tolist() == ["SGD", "0.5", "3", "True", ""]
    assert read["value"].tolist() == MIXED["value"].tolist()


def test_a_column_of_texts_and_numbers_survives_parquet(tmp_path: Path) -> None:
    write_table(MIXED, tmp_path / "t")
    read = pd.read_parquet(tmp_path / "t.parquet")
    assert read["label"].tolist()[:4] == ["SGD", "0.5", "3", "true"]
    assert pd.isna(read["label"].iloc[4])
    assert read["value"].tolist() == MIXED["value"].tolist()


def test_a_bar_in_a_cell_does_not_end_it_in_markdown(tmp_path: Path) -> None:
    write_table(pd.DataFrame({"cause": ["a | b"], "label": ["SGD"]}), tmp_path / "t")
    header, _, row = (tmp_path / "t.md").read_text().splitlines()
    assert header.count("|") == 3
    assert row.replace(r"\|", "").count("|") == 3
    assert r"a \| b" in row


def test_every_table_of_a_search_is_written(small: Any, tmp_path: Path) -> None:
    folder = SearchFolder(tmp_path)
    files = write_tables(small, folder)
    names = ["trials.csv", *(f"tables/{t}.{s}" for t in ("trials", "by_kind") for s in KINDS)]
    assert sorted(str(file.relative_to(tmp_path)) for file in files) == sorted(names)
    assert all(file.is_file() for file in files)
    assert [path for path in tmp_path.rglob("*") if path.name.startswith(".")] == []


KINDS = ("csv", "md", "parquet")


def test_the_first_column_of_the_table_of_trials_is_the_trial(small: Any, tmp_path: Path) -> None:
    folder = SearchFolder(tmp_path)
    write_tables(small, folder)
    lines = folder.trials_csv.read_text().splitlines()
    assert lines[0].startswith("trial,rank,state,score,")
    assert [line.split(",")[0] for line in lines[1:]] == ["0", "1", "2", "3"]
