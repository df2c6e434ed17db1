"""Tables on the screen: what was chosen in one cell, numbers short."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from search.results.pareto import front_of, is_trade_off
from search.results.pareto_table import pareto_table
from search.results.result import SearchResult
from search.results.trial_table import trial_table


def top_rows(result: SearchResult, count: int) -> pd.DataFrame:
    """What a search found, as far as it fits: its best trials, or its front."""
    if is_trade_off(result):
        return front_rows(result, count)
    return best_rows(result, trial_table(result), count)


def title_of(result: SearchResult, of_trials: str) -> str:
    """What `top_rows` shows, where trials have a title of their own."""
    return f"{result.name}: the front (* is its knee)" if is_trade_off(result) else of_trials


def front_rows(result: SearchResult, count: int) -> pd.DataFrame:
    """So many trade-offs from all along the front, and in one cell what was chosen for each."""
    table = pareto_table(result, count)
    tests = [name for name in _tests_of(result.goal.metrics) if name in table]
    shown = table[["trial", "epoch", *result.goal.metrics, *tests, "state"]]
    marks = ["*" if is_knee else "" for is_knee in table["knee"]]
    points = [point_text(row) for row in table[list(result.parameters)].to_dict("records")]
    return shown.assign(knee=marks, point=points)


def _tests_of(metrics: Sequence[str]) -> list[str]:
    return [f"test_{metric.removeprefix('val_')}" for metric in metrics]


def best_rows(result: SearchResult, table: pd.DataFrame, count: int) -> pd.DataFrame:
    """The best trials: what they reached, and in one cell what was chosen for them."""
    ranked = table[table["rank"].notna()].sort_values("rank").head(count)
    metric = result.objective.metric
    tests = [name for name in _tests_of([metric]) if name in table]
    keep = ["rank", "trial", "state", metric, *tests]
    shown = ranked[[*keep, "best_epoch", "epochs", "seconds"]].dropna(axis="columns", how="all")
    points = [point_text(row) for row in ranked[list(result.parameters)].to_dict("records")]
    return shown.assign(point=points)


def cut_text(result: SearchResult, count: int, file: Path) -> str | None:
    """What to say under the first `count`; None if these are all trials that were trained."""
    total = len(result.started())
    if is_trade_off(result):
        front = len(front_of(result))
        cut = f"{count} of " if count < front else ""
        noun = "trade-off" if front == 1 else "trade-offs"
        return f"{cut}{front} {noun} of {total} trials; all trials: {file}"
    shown = min(count, len(result.ranked()))
    return f"{shown} of {total} trials; all of them: {file}" if shown < total else None


def point_text(values: Mapping[Any, Any]) -> str:
    """A point in one line: `architecture=mlp width=60 optimizer=SGD lr=0.02`."""
    named = {name.removesuffix(".name"): value for name, value in values.items()}
    lasts = Counter(name.rsplit(".", 1)[-1] for name in named)
    words = []
    for name, value in named.items():
        last = name.rsplit(".", 1)[-1]
        if (text := cell(value)) != "":
            words.append(f"{last if lasts[last] == 1 else name}={text}")
    return " ".join(words)


def screen_table(frame: pd.DataFrame, title: str) -> Table:
    """A frame as a table for the terminal."""
    table = Table(title=title, title_justify="left", box=None, header_style="bold")
    for name in frame:
        numeric = pd.api.types.is_numeric_dtype(frame[name])
        table.add_column(str(name), justify="right" if numeric else "left", overflow="fold")
    for row in frame.itertuples(index=False):
        table.add_row(*(escape(cell(value)) for value in row))
    return table


def print_table(screen: Console, frame: pd.DataFrame, title: str) -> None:
    """Print a frame; into a file or a pipe without the blanks that fill lines up."""
    table = screen_table(frame, title)
    if screen.is_terminal:
        screen.print(table)
        return
    with screen.capture() as captured:
        screen.print(table)
    for line in captured.get().splitlines():
        screen.print(line.rstrip(), soft_wrap=True, highlight=False, markup=False)


def cell(value: Any) -> str:
    """A value as short text; nothing for a value that is not there."""
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return ""
    return f"{value:.4g}" if isinstance(value, float) else str(value)
