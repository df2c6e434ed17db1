"""What was measured of `fakes`, as parts of its page; the numbers lie beside this file."""

from __future__ import annotations

import csv
import statistics
from collections.abc import Iterator, Mapping
from pathlib import Path

from trainables.docs import markdown

OVER_SEEDS = Path(__file__).with_name("fakes_over_seeds.csv")
"""A row for each config and seed; `python -m tests.benchmarks.fakes_over_seeds` writes it."""

_COLUMNS = {
    "last": "chi2 a bin, last epoch",
    "best": "best epoch",
    "test": "test part, best epoch",
    "test_yield_ratio": "yield ratio, test",
    "test_ff_error": "median error of F, test",
}


def over_seeds() -> str:
    """Each config over the seeds: the median, and the least and largest value."""
    return markdown.table(("config", "seeds", *_COLUMNS.values()), _lines())


def _lines() -> Iterator[tuple[str, ...]]:
    groups: dict[str, list[Mapping[str, str]]] = {}
    with OVER_SEEDS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            groups.setdefault(row["config"], []).append(row)
    for config, rows in groups.items():
        yield f"`{config}`", str(len(rows)), *(_spread(rows, name) for name in _COLUMNS)


def _spread(rows: list[Mapping[str, str]], name: str) -> str:
    values = sorted(float(row[name]) for row in rows)
    return f"{statistics.median(values):.3g} ({values[0]:.3g} .. {values[-1]:.3g})"
