"""The table at the end: what each row of the matrix went through and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

COLUMNS = (
    "row", "fault", "runs", "kills", "trials cut", "epochs again", "trials lost", "violations",
    "failed", "not run", "seconds",
)  # fmt: skip


@dataclass
class Case:
    """One test of a row: one seed, or one variant."""

    name: str
    kills: int = 0
    trials_cut: int = 0
    """How often a trial was taken up again, by the same process or by a resume."""
    trained_again: int = 0
    trials_lost: int = 0
    violations: list[str] = field(default_factory=list)
    outcome: str = "not run"
    """`passed`, `failed` or `not run`; the last one is never counted as the first."""
    reason: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class RowOfMatrix:
    """What a row is called."""

    name: str
    fault: str


def table(cases: Mapping[RowOfMatrix, Sequence[Case]]) -> str:
    """The Markdown table, and below it every violation and every case that was not run."""
    lines = ["| " + " | ".join(COLUMNS) + " |", "|" + " --- |" * len(COLUMNS)]
    rows = sorted(cases, key=lambda row: (int(row.name[1:]), row.fault))
    lines += [_line(row, cases[row]) for row in rows]
    every = [case for row in rows for case in cases[row]]
    lines.append(_line(RowOfMatrix("all", ""), every))
    said = [f"* {case.name}: {text}" for case in every for text in case.violations]
    said += [f"* {case.name} failed: {case.reason}" for case in every if case.outcome == "failed"]
    said += [f"* {case.name} not run: {case.reason}" for case in every if case.outcome == "not run"]
    return "\n".join([*lines, "", *said]) + "\n"


def _line(row: RowOfMatrix, cases: Sequence[Case]) -> str:
    run = [case for case in cases if case.outcome != "not run"]
    cells = [
        row.name,
        row.fault,
        len(run),
        sum(case.kills for case in run),
        sum(case.trials_cut for case in run),
        sum(case.trained_again for case in run),
        sum(case.trials_lost for case in run),
        sum(len(case.violations) for case in run),
        sum(case.outcome == "failed" for case in run),
        len(cases) - len(run),
        round(sum(case.seconds for case in run)),
    ]
    return "| " + " | ".join(map(str, cells)) + " |"
