"""How our words lie in an Optuna trial: each system attribute is one commit.

`begin` (once), `attempt:NN` (each time its training is begun), `report:EEEEEE` (each epoch), `end`.
Whatever SQLite has committed of these is true; all that Optuna keeps beside them follows from them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from optuna.trial import FrozenTrial

from search.results.goal import Worth, worth_of
from search.results.trials import (
    Checkpoint,
    Perturbation,
    Report,
    State,
    TrialRecord,
    checkpoints_of,
)

PREFIX = "tune_run:"
BEGIN, END, PERTURBED = "begin", "end", "perturbed"


@dataclass(frozen=True)
class Committed:
    """One epoch as it was committed."""

    report: Report
    best: Worth
    """What the best epoch so far is worth, as schedulers see it; NaN when it diverged."""
    kept: tuple[Checkpoint, ...]
    last: str | None = None
    """Why nothing comes after it: the state that the trial ends in, or None."""
    keep: int = -1
    """How many of the best checkpoints an ended trial keeps beside the last one; -1 for all."""


def report_key(epoch: int) -> str:
    """The attribute of an epoch; its zeros make the order of texts the order of epochs."""
    return f"report:{epoch:06d}"


def attempt_key(attempt: int) -> str:
    """The attribute of an attempt after the first."""
    return f"attempt:{attempt:03d}"


def held(trial: FrozenTrial) -> dict[str, Any]:
    """Our attributes of a trial; those that were taken back are left out."""
    return {
        key.removeprefix(PREFIX): value
        for key, value in trial.system_attrs.items()
        if key.startswith(PREFIX) and value is not None
    }


def is_begun(trial: FrozenTrial) -> bool:
    """Whether a point was handed out, or answered without a training."""
    attrs = trial.system_attrs
    return f"{PREFIX}{BEGIN}" in attrs or f"{PREFIX}{END}" in attrs


def commits(words: Mapping[str, Any]) -> tuple[Committed, ...]:
    """The committed epochs of a trial, in their order."""
    entries = [words[key] for key in sorted(words) if key.startswith("report:")]
    return tuple(
        Committed(
            Report(**entry["report"]),
            worth_of(entry["best"]),
            checkpoints_of(entry["kept"]),
            entry["last"],
            entry["keep"],
        )
        for entry in entries
    )


def read_trial(trial: FrozenTrial) -> TrialRecord:
    """Everything that the record holds of one trial."""
    words = held(trial)
    begin, end = words.get(BEGIN, {}), words.get(END, {})
    epochs = commits(words)
    attempts = [words[key] for key in sorted(words) if key.startswith("attempt:")]
    return TrialRecord(
        number=trial.number,
        state=State(end["state"]) if end else State.RUNNING,
        point=begin.get("point") or end.get("point") or {},
        seed=begin.get("seed", 0),
        started=begin.get("started", 0.0),
        reports=tuple(epoch.report for epoch in epochs),
        checkpoints=_kept(end, epochs, attempts),
        cause=end.get("cause"),
        config=begin.get("config", {}),
        duplicate_of=end.get("duplicate_of"),
        perturbed=tuple(Perturbation(**p) for p in words.get(PERTURBED, [])),
        attempts=1 + len(attempts),
        deaths=sum(attempt["died"] for attempt in attempts),
    )


def _kept(
    end: Mapping[str, Any],
    epochs: tuple[Committed, ...],
    attempts: Sequence[Mapping[str, Any]],
) -> tuple[Checkpoint, ...]:
    """The checkpoints that are there now: by the end, the last epoch, or the last new attempt."""
    if end.get("kept") is not None:
        return checkpoints_of(end["kept"])
    last = epochs[-1] if epochs else None
    if attempts and (last is None or last.report.epoch <= attempts[-1]["epoch"]):
        return checkpoints_of(attempts[-1]["kept"])
    return last.kept if last else ()
