from __future__ import annotations

from pathlib import Path

import pytest

from search.checks.config_keys import dotted_keys
from trainables.docs.fakes_checklist import SECTIONS, Row
from trainables.fakes import METRICS, Config

ROWS = [row for rows in SECTIONS.values() for row in rows]
TESTS = Path(__file__).parents[2]
KNOWN = {*METRICS, *dotted_keys(Config)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row.theirs))
def test_a_row_names_keys_and_tests_that_exist(row: Row) -> None:
    assert set(row.keys) <= KNOWN
    assert all((TESTS / file).is_file() for file in row.tested)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row.theirs))
def test_a_row_has_a_test_or_says_why_not(row: Row) -> None:
    assert row.tested or row.remark
