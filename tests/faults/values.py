"""I3, I4, I9: the same table, checkpoints that hold what was reported, the same decisions."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from hashlib import sha256

from search.results.trials import Checkpoint, Report, TrialRecord
from tests.faults import curve
from tests.faults.evidence import Evidence

TOLERANCE = 1e-9
"""Far below what any wrong state does to a value, far above rounding in another order."""


def same_table(evidence: Evidence) -> Iterator[str]:
    """I3: cell by cell the table of the uninterrupted search; each value as the formula has it."""
    for trial in evidence.result.trials:
        yield from _off_the_curve(trial)
    reference = evidence.expected.reference
    if reference is None:
        return
    if len(reference) != len(evidence.table):
        yield f"the table has {len(evidence.table)} rows, the uninterrupted one {len(reference)}"
    for wanted, found in zip(reference, evidence.table, strict=False):
        if list(wanted) != list(found):
            yield f"the columns are {list(found)}, uninterrupted: {list(wanted)}"
            return
        for column, cell in wanted.items():
            if found[column] != cell:
                yield f"trial {wanted['trial']}: {column} is {found[column]!r}, not {cell!r}"


def _off_the_curve(trial: TrialRecord) -> Iterator[str]:
    if trial.state not in ("complete", "stopped"):
        return
    if trial.perturbed:
        yield from _off_its_own_curve(trial)
        return
    x, y = (float(trial.config[name]) for name in ("x", "y"))
    for report in trial.reports:
        wanted = curve.score(trial.seed, x, y, report.epoch)
        value = report.metrics["score"]
        if not math.isclose(value, wanted, abs_tol=TOLERANCE):
            yield f"trial {trial.number}, epoch {report.epoch}: score {value!r}, by hand {wanted!r}"


def _off_its_own_curve(trial: TrialRecord) -> Iterator[str]:
    """Each epoch must follow from the one before, except where weights of another trial came."""
    given = {change.epoch for change in trial.perturbed}
    before: Report | None = None
    for report in trial.reports:
        epoch, drift = report.epoch, report.metrics["drift"]
        x, y = (float(trial.config_at(epoch)[name]) for name in ("x", "y"))
        wanted = {"score": curve.hill(x, y, epoch) + drift / 10}
        if before is not None and epoch == before.epoch + 1 and epoch not in given:
            wanted["drift"] = curve.grown(before.metrics["drift"], x, epoch)
        for name, value in wanted.items():
            if not math.isclose(report.metrics[name], value, abs_tol=TOLERANCE):
                said = f"{name} {report.metrics[name]!r}, by hand {value!r}"
                yield f"trial {trial.number}, epoch {epoch}: {said}"
        before = report


def sound_checkpoints(evidence: Evidence) -> Iterator[str]:
    """I4: the best and the last epoch of each trial, whole, with the state that was reported."""
    for trial in evidence.result.trials:
        if trial.state not in ("complete", "stopped"):
            continue
        best = trial.best_report(evidence.result.objective)
        wanted = {trial.epochs, best.epoch if best else 0}
        kept = {checkpoint.epoch for checkpoint in trial.checkpoints}
        if kept != wanted:
            yield (
                f"trial {trial.number} keeps the epochs {sorted(kept)}; "
                f"the best and the last are {sorted(wanted)}"
            )
        for checkpoint in trial.checkpoints:
            yield from _unsound(evidence, trial, checkpoint)
    yield from _unknown_files(evidence)


def _unsound(evidence: Evidence, trial: TrialRecord, checkpoint: Checkpoint) -> Iterator[str]:
    file = evidence.folder / checkpoint.path
    if not file.is_file():
        yield f"trial {trial.number}: {checkpoint.path} is recorded and not there"
        return
    data = file.read_bytes()
    if sha256(data).hexdigest() != checkpoint.sha256:
        yield f"trial {trial.number}: {checkpoint.path} has another sha256 than the record says"
        return
    held = json.loads(data)
    wanted = curve.drift(trial.seed, float(trial.config["x"]), checkpoint.epoch)
    if trial.perturbed:
        reports = {report.epoch: report for report in trial.reports}
        wanted = reports[checkpoint.epoch].metrics["drift"]
    right = (trial.number, checkpoint.epoch) == (held["trial"], held["epoch"])
    if not right or not math.isclose(held["drift"], wanted, abs_tol=TOLERANCE):
        yield f"trial {trial.number}: {checkpoint.path} holds {held}, by hand drift {wanted!r}"


def _unknown_files(evidence: Evidence) -> Iterator[str]:
    known = {c.path for trial in evidence.result.trials for c in trial.checkpoints}
    for file in sorted((evidence.folder / "trials").rglob("*")):
        path = str(file.relative_to(evidence.folder))
        if path not in known and file.suffix in (".ckpt", ".part", ".json"):
            yield f"{path} is left and no record knows it"


def same_decisions(evidence: Evidence) -> Iterator[str]:
    """I9: trials stop at rungs only, and each where the uninterrupted search stopped it."""
    for trial in evidence.result.trials:
        rungs = evidence.expected.rungs
        if trial.state == "stopped" and rungs and trial.epochs not in rungs:
            yield f"trial {trial.number} stopped at epoch {trial.epochs}; rungs: {sorted(rungs)}"
    wanted = {int(row["trial"]): row for row in evidence.expected.reference or ()}
    for row in evidence.table:
        other = wanted.get(int(row["trial"]), row)
        if (row["state"], row["epochs"]) != (other["state"], other["epochs"]):
            yield (
                f"trial {row['trial']} was {row['state']} after {row['epochs']} epochs; "
                f"uninterrupted: {other['state']} after {other['epochs']}"
            )
