"""I5, I6, I7: what MLflow was told, what is left on the machine, how the command ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from search.exits import Exit
from tests.faults.evidence import Evidence, is_locked

SAYS_NO_RESUME = frozenset({0, -9, int(Exit.BAD_INPUT), int(Exit.LOCKED)})
"""Codes after which no resume command is to be expected: all is done, killed, or never begun."""


def tracked_alike(evidence: Evidence) -> Iterator[str]:
    """I5: one run a trial, none running, and the values of the record."""
    if evidence.expected.tracking is None:
        return
    by_trial: Mapping[int, object] = {t.number: t for t in evidence.result.trials}
    found = Counter(int(str(run["trial"])) for run in evidence.runs)
    for number in sorted(by_trial.keys() | found.keys()):
        if found[number] != 1:
            yield f"trial {number} has {found[number]} runs in MLflow"
    reports = {
        trial.number: {report.epoch: report.metrics["score"] for report in trial.reports}
        for trial in evidence.result.trials
    }
    for run in evidence.runs:
        number = int(str(run["trial"]))
        if run["status"] == "RUNNING":
            yield f"trial {number} is RUNNING in MLflow"
        if number in reports and run["score"] != reports[number]:
            yield f"trial {number}: MLflow has {run['score']}, the record {reports[number]}"


def nothing_left(evidence: Evidence) -> Iterator[str]:
    """I6: no process, no temporary folder, no lock of ours."""
    yield from evidence.leftovers
    if is_locked(evidence.folder):
        yield "the lock of the search is still held"


def told_how_to_go_on(evidence: Evidence) -> Iterator[str]:
    """I7: the code that was to be expected, and the resume command as the last line."""
    for number, end in enumerate(evidence.ends):
        if end.code is None:
            yield f"run {number} hung and had to be killed; its last line: {end.last_line!r}"
        elif end.code not in end.wanted:
            yield f"run {number} ended with {end.code}, not {end.wanted}; it said {end.last_line!r}"
        elif end.code not in SAYS_NO_RESUME and not _resumes(end.last_line):
            yield f"run {number} ended with {end.code}; its last line: {end.last_line!r}"


def _resumes(line: str) -> bool:
    return line.startswith("Go on with: tune-run ") and line.endswith("--resume")
