from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from search.doctor.clock import Reading, judge_date, judge_skew, judge_step
from search.doctor.finding import Grade


@pytest.mark.parametrize(
    ("date", "grade"),
    [((1970, 1, 1), Grade.FAULT), ((2026, 11, 21), Grade.OK), ((2199, 1, 1), Grade.FAULT)],
)
def test_a_date_that_cannot_be_is_a_fault(date: tuple[int, int, int], grade: Grade) -> None:
    found = judge_date(datetime(*date, tzinfo=UTC).timestamp())
    assert found.grade is grade
    assert "{:04d}-{:02d}-{:02d}".format(*date) in found.text


def test_a_clock_that_is_set_meanwhile_is_a_note() -> None:
    (found,) = judge_step(Reading(1000.0, 50.0), Reading(1000.0 - 3600 + 2, 52.0))
    assert found.grade is Grade.NOTE
    assert "set by -3600.0 s" in found.text


def test_a_clock_that_goes_on_says_nothing() -> None:
    assert list(judge_step(Reading(1000.0, 50.0), Reading(1002.1, 52.0))) == []


def test_a_file_server_with_another_time_is_a_note(tmp_path: Path) -> None:
    (tmp_path / "now").touch()
    now = (tmp_path / "now").stat().st_mtime
    assert list(judge_skew(tmp_path, now)) == []
    (found,) = judge_skew(tmp_path, now + 86_400)
    assert found.grade is Grade.NOTE
    assert str(tmp_path) in found.text


def test_nothing_stays_in_the_folder(tmp_path: Path) -> None:
    list(judge_skew(tmp_path, 0.0))
    assert list(tmp_path.iterdir()) == []
