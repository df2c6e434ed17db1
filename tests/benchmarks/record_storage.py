"""Which storage should the record lie in? Candidates side by side, as a table in Markdown.

    python -m tests.benchmarks.record_storage --part commit --part read

Run it from the root of the repository; a full run takes about a quarter of an hour on one core.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from tests.benchmarks.record_candidates import CANDIDATES
from tests.benchmarks.record_faults import Toll, kills
from tests.benchmarks.record_filling import check
from tests.benchmarks.record_progress import say
from tests.benchmarks.record_reading import read
from tests.benchmarks.record_timing import asks, commits, filled
from tests.benchmarks.record_torn import tear

Rows = list[dict[str, object]]


def checked(folder: Path, _: argparse.Namespace) -> Rows:
    """That the records which are measured are such as the library writes."""
    for number, candidate in enumerate(CANDIDATES):
        check(candidate, folder / f"{number}")
    return [{"storage": c.name, "bulk equals library": "yes"} for c in CANDIDATES]


def commit(folder: Path, given: argparse.Namespace) -> Rows:
    """Milliseconds to commit one report, beside so many finished trials."""
    rows: Rows = [{"storage": candidate.name} for candidate in CANDIDATES]
    for trials in given.trials:
        for row, times in zip(
            rows, commits(CANDIDATES, folder, trials, given.reports), strict=True
        ):
            row.update(times.milliseconds(f"{trials} trials"))
    return rows


def ask(folder: Path, given: argparse.Namespace) -> Rows:
    """Milliseconds to ask for one point of 12 parameters, beside 1,000 finished trials."""
    rows: Rows = [{"storage": candidate.name} for candidate in CANDIDATES]
    for sampler, found in asks(CANDIDATES, folder, 1000, given.asks).items():
        for row, times in zip(rows, found, strict=True):
            row.update(times.milliseconds(sampler))
    return rows


def reading(folder: Path, given: argparse.Namespace) -> Rows:
    """Megabytes of the largest record, and what it takes to open it and read everything."""
    files = filled(CANDIDATES, folder, max(given.trials))
    return [read(candidate, file) for candidate, file in zip(CANDIDATES, files, strict=True)]


def torn(folder: Path, _: argparse.Namespace) -> Rows:
    """The last commit cut at each byte: by the library, and by SQLite alone at every one."""
    rows: Rows = []
    for number, candidate in enumerate(CANDIDATES):
        library, plain = tear(candidate, folder / f"{number}")
        rows.append({"storage": candidate.name, "by": "Optuna", **counted(library)})
        if candidate.sql:
            rows.append({"storage": candidate.name, "by": "SQLite", **counted(plain)})
    return rows


def kill(folder: Path, given: argparse.Namespace) -> Rows:
    """A writer killed at random moments: is every acknowledged report there afterwards?"""
    return [
        {"storage": c.name, **counted(kills(c, folder / f"{number}", given.kills))}
        for number, c in enumerate(CANDIDATES)
    ]


def counted(toll: Toll) -> dict[str, object]:
    """A toll as the cells of a row."""
    return {
        "faults": toll.faults,
        "not opened": toll.refused,
        "reports lost": toll.lost,
        "next write failed": toll.stuck,
        "unreadable then": toll.ruined,
        "locks left": toll.locks,
        "said": toll.said,
    }


PARTS: dict[str, Callable[[Path, argparse.Namespace], Rows]] = {
    "check": checked,
    "commit": commit,
    "ask": ask,
    "read": reading,
    "torn": torn,
    "kill": kill,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the parts that are asked for, each in a folder that is removed after it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", action="append", choices=PARTS, help="all where none is given")
    parser.add_argument("--folder", type=Path, help="measure the disk that this folder is on")
    parser.add_argument("--trials", type=int, nargs="+", default=[0, 1000, 10000])
    parser.add_argument("--reports", type=int, default=2000)
    parser.add_argument("--asks", type=int, default=30)
    parser.add_argument("--kills", type=int, default=50)
    given = parser.parse_args(arguments)
    for part in given.part or PARTS:
        folder = Path(tempfile.mkdtemp(prefix="record-", dir=given.folder))
        try:
            rows = PARTS[part](folder, given)
        finally:
            shutil.rmtree(folder)
        say("")
        table = pd.DataFrame(rows).to_markdown(index=False, floatfmt=".4g")
        sys.stdout.write(f"\n{PARTS[part].__doc__}\n\n{table}\n")


if __name__ == "__main__":
    main()
