"""The clock: dates in the tables come from the wall clock, durations do not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from search.doctor.check import Site
from search.doctor.finding import Finding, fault, note, ok
from search.doctor.storage import probe_folder

EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
"""No release of this package is older."""

LATEST_YEAR = 2100
WATCH_SECONDS = 1.0
STEP_SECONDS = 0.5
SKEW_SECONDS = 5.0
MEND = "set the clock, and keep it: timedatectl set-ntp true"


@dataclass(frozen=True)
class Reading:
    """Both clocks at one moment, in seconds."""

    wall: float
    monotonic: float

    @classmethod
    def now(cls) -> Reading:
        return cls(time.time(), time.monotonic())


def examine(site: Site) -> Iterator[Finding]:
    before = Reading.now()
    time.sleep(WATCH_SECONDS)
    yield judge_date(before.wall)
    yield from judge_step(before, Reading.now())
    yield from judge_skew(probe_folder(site.storage), time.time())


def judge_date(wall: float) -> Finding:
    """Whether this can be the date."""
    date = datetime.fromtimestamp(wall, UTC)
    if date >= EARLIEST and date.year < LATEST_YEAR:
        return ok(f"{date:%Y-%m-%d %H:%M} UTC")
    return fault(
        f"it cannot be {date:%Y-%m-%d %H:%M} UTC: files would sort wrongly and certificates fail",
        MEND,
    )


def judge_step(before: Reading, after: Reading) -> Iterator[Finding]:
    """Whether the wall clock was set between two readings."""
    step = (after.wall - before.wall) - (after.monotonic - before.monotonic)
    if abs(step) > STEP_SECONDS:
        yield note(
            f"the wall clock was set by {step:+.1f} s while it was watched; searches measure time "
            "by another clock, but the dates of their trials will be out of order",
            MEND,
        )


def judge_skew(folder: Path, wall: float) -> Iterator[Finding]:
    """Whether the machine that keeps the files has another time."""
    written = _time_of_new_file(folder)
    if written is not None and abs(written - wall) > SKEW_SECONDS:
        yield note(
            f"files that are written now in {folder} are dated {written - wall:+.0f} s off: "
            "the server of that folder has another time",
            MEND,
        )


def _time_of_new_file(folder: Path) -> float | None:
    import tempfile

    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".tune-run-") as file:
            file.write(b"now")
            file.flush()
            return Path(file.name).stat().st_mtime
    except OSError:
        return None
