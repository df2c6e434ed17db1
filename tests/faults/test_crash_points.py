"""F2: every named instant between two writes, in the driver and in a worker."""

from __future__ import annotations

from typing import Any

import pytest

from tests.faults.given import Begin, Judge, Reference
from tests.faults.search_process import WORKER_POINTS
from tests.faults.seeds import seeds
from tests.faults.setup import Setup

ONCE = (
    "search-created", "first-points-queued", "manifest-written", "tests-written", "tables-written",
)  # fmt: skip
"""Passed once a run."""

OFTEN = (
    "trial-asked", "trial-begun", "report-received", "report-committed", "value-told",
    "stale-deleted", "end-written", "end-told",
)  # fmt: skip
"""Passed at least once a trial, and there are eight."""

RESUMING = ("resume-reconciled", "resume-rewound")
"""Passed by a resume alone."""

QUICK = ("report-committed",)
"""The commit of an epoch itself."""


def cases() -> list[Any]:
    """Every point with its first passages; those of the quick ones in all runs of the tests."""
    return [
        pytest.param(point, case.values[0], marks=case.marks)
        for point in (*ONCE, *OFTEN, *RESUMING, *WORKER_POINTS)
        for case in seeds(quick=point in QUICK, most=2 if point in ONCE + RESUMING else 8)
    ]


@pytest.mark.row("F2", "kill -9 at each crash point")
@pytest.mark.parametrize(("point", "seed"), cases())
def test_a_crash_between_two_writes_loses_nothing(
    begin: Begin, judge: Judge, reference: Reference, point: str, seed: int
) -> None:
    search = begin(Setup(seed=seed))
    if point in RESUMING:
        search.start(crash=f"report-committed:{3 * seed + 2}")
        assert search.wait(-9) == -9, search.output()
        search.resume(crash=f"{point}:1")
    else:
        search.start(crash=f"{point}:{1 if point in ONCE else 1 + (seed + 3) % 8}")
    search.finish()
    assert len(search.kills) == (2 if point in RESUMING else 1), "the point was not reached"
    judge(search.evidence(search.setup.expected(reference(seed))))
