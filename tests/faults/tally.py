"""What each row of the matrix went through: counted by case, shown as a table, put together.

`python -m tests.faults.tally FILE ...` shows the table of several runs of pytest, by the files
that they have written.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

COLUMNS = (
    "row", "fault", "runs", "kills", "trials cut", "epochs again", "epochs lost", "trials lost",
    "violations", "failed", "not run", "seconds",
)  # fmt: skip


@dataclass
class Case:
    """One test of a row: one seed, or one variant."""

    name: str
    kills: int = 0
    trials_cut: int = 0
    """How often a trial was taken up again, by the same process or by a resume."""
    trained_again: int = 0
    """Epochs that were in flight when something died, or whose checkpoints were damaged by hand."""
    epochs_lost: int = 0
    """Epochs that were committed, and are gone or were trained again all the same."""
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


Cases = Mapping[RowOfMatrix, Sequence[Case]]


def table(cases: Cases) -> str:
    """The Markdown table with a summary above, and every violation, failure and omission below."""
    rows = sorted(cases, key=lambda row: (int(row.name[1:]), row.fault))
    every = [case for row in rows for case in cases[row]]
    lines = [summary(every), "", "| " + " | ".join(COLUMNS) + " |", "|" + " --- |" * len(COLUMNS)]
    lines += [_line(row, cases[row]) for row in rows]
    lines.append(_line(RowOfMatrix("all", ""), every))
    return "\n".join([*lines, "", *_remarks(every)]) + "\n"


def summary(cases: Sequence[Case]) -> str:
    """What was tried and what was lost, as a sentence."""
    run = [case for case in cases if case.outcome != "not run"]
    failed = sum(case.outcome == "failed" for case in run)
    return (
        f"{sum(case.kills for case in run)} kills and interruptions in {len(run)} cases; "
        f"{sum(case.trials_cut for case in run)} times a trial was taken up again; "
        f"{sum(case.trained_again for case in run)} epochs were trained again that were in flight "
        "or were damaged on purpose; "
        f"{sum(case.epochs_lost for case in run)} committed epochs and "
        f"{sum(case.trials_lost for case in run)} trials were lost; "
        f"{failed} cases failed, {len(cases) - len(run)} could not be run here."
    )


def _line(row: RowOfMatrix, cases: Sequence[Case]) -> str:
    run = [case for case in cases if case.outcome != "not run"]
    cells = [
        row.name,
        row.fault,
        len(run),
        sum(case.kills for case in run),
        sum(case.trials_cut for case in run),
        sum(case.trained_again for case in run),
        sum(case.epochs_lost for case in run),
        sum(case.trials_lost for case in run),
        sum(len(case.violations) for case in run),
        sum(case.outcome == "failed" for case in run),
        len(cases) - len(run),
        round(sum(case.seconds for case in run)),
    ]
    return "| " + " | ".join(map(str, cells)) + " |"


def _remarks(cases: Sequence[Case]) -> Iterator[str]:
    for case in cases:
        yield from (f"* {case.name}: {text}" for text in case.violations)
    for outcome in ("failed", "not run"):
        for case in cases:
            if case.outcome == outcome:
                yield f"* {case.name} {outcome}: {case.reason}"


def to_json(cases: Cases) -> str:
    """The cases as a text from which `read` makes them again."""
    return json.dumps([[*asdict(row).values(), asdict(c)] for row in cases for c in cases[row]])


def read(files: Sequence[Path]) -> Cases:
    """The cases of several runs; of one that was run more than once, the last."""
    found: dict[RowOfMatrix, dict[str, Case]] = defaultdict(dict)
    for file in files:
        for name, fault, case in json.loads(file.read_text()):
            found[RowOfMatrix(name, fault)][case["name"]] = Case(**case)
    return {row: list(cases.values()) for row, cases in found.items()}


if __name__ == "__main__":
    sys.stdout.write(table(read([Path(name) for name in sys.argv[1:]])))
