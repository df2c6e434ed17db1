from __future__ import annotations

from search.results.pareto_table import pareto_table
from search.results.result import SearchResult


def test_the_front_is_a_table_from_the_best_in_the_first_objective_on(
    traded: SearchResult,
) -> None:
    table = pareto_table(traded)
    assert table["trial"].tolist() == [0, 1, 2, 4]
    assert table["score"].tolist() == [1.0, 0.9, 0.6, 0.0]
    assert table["other"].tolist() == [10.0, 6.0, 4.0, 0.0]
    assert table["knee"].tolist() == [False, True, False, False]
    assert table["state"].tolist() == ["complete", "complete", "complete", "stopped"]
    assert table["checkpoint"].tolist() == ["c/0", "c/1", "c/2", "c/4"]
    assert table["test_score"].isna().tolist() == [True, False, True, True]


def test_its_columns_come_in_a_fixed_order(traded: SearchResult) -> None:
    assert list(pareto_table(traded)) == [
        *("trial", "epoch", "score", "other", "knee", "state", "kind", "depth"),
        *("test_score", "checkpoint"),
    ]


def test_a_few_rows_lie_all_along_the_front(traded: SearchResult) -> None:
    # the knee, and the two points that are farthest from it
    assert pareto_table(traded, 3)["trial"].tolist() == [0, 1, 4]


def test_a_search_without_trials_has_an_empty_front(traded: SearchResult) -> None:
    empty = SearchResult("toy", traded.manifest, (), {})
    assert len(pareto_table(empty)) == 0
    assert list(pareto_table(empty))[:4] == ["trial", "epoch", "score", "other"]
