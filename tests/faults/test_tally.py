"""The table that is published: sums by hand, and nothing that was not run counted as run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.faults.remnants import ROOT
from tests.faults.tally import Case, RowOfMatrix, summary, table, to_json

WORKER = RowOfMatrix("F1", "kill -9 of a worker")
DISK = RowOfMatrix("F9", "a full disk")

PASSED = Case("one", kills=2, trials_cut=2, trained_again=1, outcome="passed", seconds=10.4)
FAILED = Case(
    "two", kills=3, trials_cut=1, trained_again=2, epochs_lost=4, trials_lost=1,
    violations=["I2: epoch 3"], outcome="failed", reason="it broke", seconds=20.4,
)  # fmt: skip
SKIPPED = Case("three", kills=9, reason="needs root")
CASES = {DISK: [SKIPPED], WORKER: [PASSED, FAILED]}


def test_the_table_has_the_sums_of_each_row_and_of_all() -> None:
    lines = table(CASES).splitlines()
    assert lines[4] == "| F1 | kill -9 of a worker | 2 | 5 | 3 | 3 | 4 | 1 | 1 | 1 | 0 | 31 |"
    assert lines[5] == "| F9 | a full disk | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 1 | 0 |"
    assert lines[6] == "| all |  | 2 | 5 | 3 | 3 | 4 | 1 | 1 | 1 | 1 | 31 |"
    assert lines[8:] == [
        "* two: I2: epoch 3",
        "* two failed: it broke",
        "* three not run: needs root",
    ]


def test_the_summary_is_a_sentence() -> None:
    assert summary([PASSED, FAILED, SKIPPED]) == (
        "5 kills and interruptions in 2 cases; 3 times a trial was taken up again; 3 epochs were "
        "trained again that were in flight or were damaged on purpose; 4 committed epochs and 1 "
        "trials were lost; 1 cases failed, 1 could not be run here."
    )


def test_the_runs_of_several_days_are_one_table(tmp_path: Path) -> None:
    files = [tmp_path / "monday.json", tmp_path / "tuesday.json"]
    files[0].write_text(to_json({WORKER: [FAILED, PASSED]}))
    # What was repeated counts once.
    again = Case("two", kills=3, trials_cut=1, outcome="passed", seconds=20.4)
    files[1].write_text(to_json({WORKER: [again], DISK: [SKIPPED]}))
    said = subprocess.run(
        [sys.executable, "-m", "tests.faults.tally", *map(str, files)],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout == table({WORKER: [PASSED, again], DISK: [SKIPPED]})
