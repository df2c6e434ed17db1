from __future__ import annotations

from pathlib import Path

import pytest

from search.cli.resume_command import resume_command
from search.options import Options

RUNS = Path("runs")


@pytest.mark.parametrize(
    ("overrides", "storage", "options", "command"),
    [
        ([], RUNS, Options(), "tune-run toy.yaml --resume"),
        (["search.trials=8"], RUNS, Options(), "tune-run toy.yaml search.trials=8 --resume"),
        (["x=[1, 2]"], RUNS, Options(), "tune-run toy.yaml 'x=[1, 2]' --resume"),
        ([], Path("my runs"), Options(), "tune-run toy.yaml --storage 'my runs' --resume"),
        (
            [],
            RUNS,
            Options(address="auto", dashboard=False, track=False),
            "tune-run toy.yaml --address auto --no-dashboard --no-track --resume",
        ),
        (
            [],
            RUNS,
            Options(allowed=("my_lab", "their_lab")),
            "tune-run toy.yaml --allow-module my_lab --allow-module their_lab --resume",
        ),
        (
            ["data.password=a b", "data.url=http://me:pw@host"],
            RUNS,
            Options(),
            "tune-run toy.yaml 'data.password=***' 'data.url=http://me:***@host' --resume",
        ),
    ],
)
def test_what_goes_on_is_what_was_typed(
    overrides: list[str], storage: Path, options: Options, command: str
) -> None:
    assert resume_command("toy.yaml", overrides, storage, options) == command


@pytest.mark.parametrize("typed", ["search.time_budget=1h", "search.time_budget = 1h"])
def test_a_limit_that_was_reached_is_replaced_where_it_was_typed(typed: str) -> None:
    needs = ("search.time_budget=2h",)
    found = resume_command("toy.yaml", ["x=1", typed, "y=2"], RUNS, Options(), needs)
    assert found == "tune-run toy.yaml x=1 y=2 search.time_budget=2h --resume"
    assert resume_command("toy.yaml", [], RUNS, Options(), needs) == (
        "tune-run toy.yaml search.time_budget=2h --resume"
    )
