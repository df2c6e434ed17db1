"""How our words lie in an Optuna trial: each system attribute is one commit, a text of JSON.

`begin` (once), `attempt:NNN` (each time its training is begun again, from 002 on), `report:EEEEEE`
(each epoch), `perturbed` (all changes of its point), `end`.
Whatever SQLite has committed of these is true; all that Optuna keeps beside them follows from them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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
ATTEMPT, REPORT = "attempt:", "report:"

TAKEN_BACK = "null"

REPORT_FIRST, THEN_BEST = '{"report": ', ', "best": '
"""How the text of an epoch begins, and goes on after its report."""

DECODER = json.JSONDecoder()

Texts = Mapping[str, str]
"""What is committed of a trial: from our keys, in their order, to texts of JSON."""


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
    return f"{REPORT}{epoch:06d}"


def attempt_key(attempt: int) -> str:
    """The attribute of an attempt after the first."""
    return f"{ATTEMPT}{attempt:03d}"


def is_begun(texts: Texts) -> bool:
    """Whether a point was handed out, or answered without a training."""
    return BEGIN in texts or END in texts


def read_commits(texts: Texts) -> tuple[Committed, ...]:
    """The committed epochs of a trial, in their order."""
    return tuple(_commit(text) for text in _under(REPORT, texts))


def read_curve(texts: Texts) -> list[tuple[int, Worth]]:
    """The epochs of a trial, and what it was worth by each."""
    heads = (_head(text) for text in _under(REPORT, texts))
    return [(report["epoch"], best) for report, best in heads]


def read_trial(number: int, texts: Texts) -> TrialRecord:
    """Everything that the record holds of one trial."""
    begin, end = _decoded(BEGIN, texts), _decoded(END, texts)
    epochs = _under(REPORT, texts)
    attempts = [json.loads(text) for text in _under(ATTEMPT, texts)]
    return TrialRecord(
        number=number,
        state=State(end["state"]) if end else State.RUNNING,
        point=begin.get("point") or end.get("point") or {},
        seed=begin.get("seed", 0),
        started=begin.get("started", 0.0),
        reports=tuple(Report(**_head(text)[0]) for text in epochs),
        checkpoints=_kept(end, epochs, attempts),
        cause=end.get("cause"),
        config=begin.get("config", {}),
        duplicate_of=end.get("duplicate_of"),
        perturbed=tuple(Perturbation(**p) for p in json.loads(texts.get(PERTURBED, "[]"))),
        attempts=1 + len(attempts),
        deaths=sum(attempt["died"] for attempt in attempts),
    )


def _kept(
    end: Mapping[str, Any], epochs: Sequence[str], attempts: Sequence[Mapping[str, Any]]
) -> tuple[Checkpoint, ...]:
    """The checkpoints that are there now: by the end, the last epoch, or the last new attempt."""
    if end.get("kept") is not None:
        return checkpoints_of(end["kept"])
    last = _commit(epochs[-1]) if epochs else None
    if attempts and (last is None or last.report.epoch <= attempts[-1]["epoch"]):
        return checkpoints_of(attempts[-1]["kept"])
    return last.kept if last else ()


def _under(prefix: str, texts: Texts) -> list[str]:
    return [text for key, text in texts.items() if key.startswith(prefix)]


def _decoded(key: str, texts: Texts) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(texts[key]) if key in texts else {}
    return found


def _commit(text: str) -> Committed:
    entry = json.loads(text)
    report, kept = Report(**entry["report"]), checkpoints_of(entry["kept"])
    return Committed(report, worth_of(entry["best"]), kept, entry["last"], entry["keep"])


def _head(text: str) -> tuple[dict[str, Any], Worth]:
    """Report and worth of an epoch, without its checkpoints: they are most of the text."""
    if text.startswith(REPORT_FIRST):
        report, end = DECODER.raw_decode(text, len(REPORT_FIRST))
        if text.startswith(THEN_BEST, end):
            best, _ = DECODER.raw_decode(text, end + len(THEN_BEST))
            return report, worth_of(best)
    entry = json.loads(text)
    return entry["report"], worth_of(entry["best"])
