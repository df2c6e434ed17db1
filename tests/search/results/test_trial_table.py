from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from search.results.choice_tables import choice_tables
from search.results.trial_table import trial_table
from search.results.trials import Report


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


def test_of_several_objectives_the_rank_is_the_front(traded: Any) -> None:
    table = trial_table(traded)
    assert table["rank"].isna().tolist() == [False] * 5 + [True]
    assert table["rank"].dropna().tolist() == [1, 1, 1, 2, 1]
    assert list(table)[:7] == [
        *("trial", "rank", "state", "score", "other", "best_epoch", "epochs"),
    ]
    assert table["other"].tolist() == [10.0, 6.0, 4.0, 5.0, 0.0, -9.0]
