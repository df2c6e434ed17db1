"""Pytest's part in the matrix: every case of a row is counted, and the table written after each."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.tally import Case, RowOfMatrix, table, to_json

VARIABLE = "TUNE_RUN_FAULT_TABLE"
"""Names another file for the table than one in pytest's own folder."""

CASE = pytest.StashKey[Case]()
FOLDER = pytest.StashKey[Path]()
CASES: dict[RowOfMatrix, list[Case]] = defaultdict(list)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Several starts of Ray in one test take longer than the ordinary limit on a busy machine."""
    for item in items:
        if item.get_closest_marker("row"):
            item.add_marker(pytest.mark.timeout(1800))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Count every case of a row, with its outcome."""
    report = yield
    marker = item.get_closest_marker("row")
    if marker is None:
        return report
    case = _case(item, RowOfMatrix(*marker.args))
    case.seconds += report.duration
    if report.skipped:
        case.reason = str(report.longrepr[2] if isinstance(report.longrepr, tuple) else "")
    elif report.failed:
        case.outcome = "failed"
        crash = getattr(report.longrepr, "reprcrash", None)
        case.reason = (crash.message if crash else report.longreprtext).strip().split("\n")[0]
    elif report.when == "call":
        case.outcome = "passed"
    if report.when == "teardown":
        _write_table(item.config)
    return report


def _case(item: pytest.Item, row: RowOfMatrix) -> Case:
    if CASE not in item.stash:
        item.stash[CASE] = Case(item.name)
        CASES[row].append(item.stash[CASE])
    return item.stash[CASE]


def _table_file(config: pytest.Config) -> Path | None:
    named = os.environ.get(VARIABLE)
    return Path(named) if named else config.stash.get(FOLDER, None)


def _write_table(config: pytest.Config) -> None:
    # After every case: what was found before an interruption of the matrix is not lost either.
    file = _table_file(config)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(table(CASES))
        file.with_suffix(".json").write_text(to_json(CASES))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Show the table."""
    if CASES:
        terminalreporter.section("fault matrix")
        terminalreporter.write(table(CASES))
        terminalreporter.write_line(f"written to {_table_file(config)}, and beside it as JSON")
