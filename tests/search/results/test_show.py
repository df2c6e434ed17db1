from __future__ import annotations

import math
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from rich.console import Console

from search.results.show import (
    best_rows,
    cell,
    cut_text,
    front_rows,
    point_text,
    print_table,
    screen_table,
    title_of,
    top_rows,
)
from search.results.trial_table import trial_table
from search.results.trials import State


def printed(frame: pd.DataFrame, title: str = "title") -> str:
    console = Console(width=200, record=True, file=StringIO())
    console.print(screen_table(frame, title))
    return console.export_text()


def test_the_best_rows_are_ordered_and_cut(trial: Any, result: Any) -> None:
    trials = [trial(n, [score]) for n, score in enumerate([0.1, 0.4, 0.2, 0.3])]
    found = result(*trials, trial(4, [0.9], State.FAILED))
    rows = best_rows(found, trial_table(found), 2)
    assert rows["trial"].tolist() == [1, 3]
    assert rows["rank"].tolist() == [1, 2]


def test_what_was_chosen_is_one_cell(trial: Any, result: Any) -> None:
    found = result(
        trial(0, [0.2], point={"kind": "deep", "depth": 3}), trial(1, [0.1], point={"kind": "flat"})
    )
    assert best_rows(found, trial_table(found), 9)["point"].tolist() == [
        "kind=deep depth=3",
        "kind=flat",
    ]


def test_test_metrics_stand_beside_the_objective(trial: Any, result: Any) -> None:
    found = result(trial(0, [0.2]), tests={0: {"test_score": 0.15}})
    rows = best_rows(found, trial_table(found), 9)
    assert rows["test_score"].tolist() == [0.15]


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"optimizer.name": "SGD", "optimizer.lr": 0.02}, "optimizer=SGD lr=0.02"),
        ({"a.lr": 1, "b.lr": 2}, "a.lr=1 b.lr=2"),
        ({"a.x": None, "a.y": math.nan, "a.z": "v"}, "z=v"),
        ({}, ""),
    ],
)
def test_a_point_is_as_short_as_it_can_be_told_apart(values: dict[str, Any], text: str) -> None:
    assert point_text(values) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (pd.NA, ""),
        (math.nan, ""),
        (0.123456, "0.1235"),
        (1e-7, "1e-07"),
        (12, "12"),
        (True, "True"),
        ("", ""),
    ],
)
def test_a_cell_is_short(value: Any, text: str) -> None:
    assert cell(value) == text


def test_brackets_in_a_cell_are_shown_as_they_are() -> None:
    text = printed(pd.DataFrame({"cause": ["no key [red] in [/etc]"], "label": ["[1, 2]"]}))
    assert "no key [red] in [/etc]" in text
    assert "[1, 2]" in text


def test_a_table_has_its_title_and_columns() -> None:
    text = printed(pd.DataFrame({"trial": [7], "score": [0.25]}), "Best trials")
    title, header, row = text.splitlines()[:3]
    assert title.strip() == "Best trials"
    assert header.split() == ["trial", "score"]
    assert row.split() == ["7", "0.25"]


def test_a_table_in_a_file_has_no_blanks_at_the_ends_of_its_lines() -> None:
    file = StringIO()
    frame = pd.DataFrame({"name": ["a", "longer"], "cause": ["short", "x" * 60]})
    print_table(Console(width=200, file=file), frame, "title")
    lines = file.getvalue().splitlines()
    assert [line.split() for line in lines] == [
        ["title"],
        ["name", "cause"],
        ["a", "short"],
        ["longer", "x" * 60],
    ]
    assert [line for line in lines if line != line.rstrip()] == []


def test_a_table_that_is_cut_says_of_how_many_trials(trial: Any, result: Any) -> None:
    found = result(*(trial(n, [0.1 * n]) for n in range(5)), trial(5, [0.9], State.FAILED))
    assert cut_text(found, 3, Path("t.csv")) == "3 of 6 trials; all of them: t.csv"
    assert cut_text(found, 20, Path("t.csv")) == "5 of 6 trials; all of them: t.csv"


def test_a_table_of_all_trials_says_nothing_more(trial: Any, result: Any) -> None:
    found = result(trial(0, [0.1]), trial(1, [0.2]), trial(2, state=State.DUPLICATE))
    assert cut_text(found, 2, Path("t.csv")) is None


def test_of_several_objectives_the_front_is_shown(traded: Any) -> None:
    rows = top_rows(traded, 9)
    assert rows["trial"].tolist() == [0, 1, 2, 4]
    assert rows["knee"].tolist() == ["", "*", "", ""]
    assert rows["point"].tolist()[0] == "kind=plain depth=0"
    assert list(rows) == [
        "trial",
        "epoch",
        "score",
        "other",
        "test_score",
        "state",
        "knee",
        "point",
    ]
    assert title_of(traded, "Best trials") == "toy: the front (* is its knee)"


def test_of_one_objective_the_best_trials_are_shown(small: Any) -> None:
    assert top_rows(small, 2)["trial"].tolist() == [1, 0]
    assert title_of(small, "Best trials") == "Best trials"


def test_a_front_that_is_cut_says_so(traded: Any) -> None:
    assert front_rows(traded, 2)["trial"].tolist() == [1, 4]
    assert cut_text(traded, 2, Path("a.csv")) == (
        "2 of 4 trade-offs of 6 trials; all trials: a.csv"
    )
    assert cut_text(traded, 9, Path("a.csv")) == "4 trade-offs of 6 trials; all trials: a.csv"
