"""Second looks at checkpoints: do they give their number again, and how good are they in a test."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from search.names import TrainableRef
from search.results.checkpoints import is_intact
from search.results.trials import Checkpoint, Objective, TrialRecord
from trainables.contract import Split

TOLERANCE = 1e-4
"""How far a re-evaluated metric may lie off the reported one, relative to it."""


@dataclass(frozen=True)
class Candidate:
    """A trial's best checkpoint, and what speaks against it."""

    trial: TrialRecord
    checkpoint: Checkpoint | None
    fault: str | None


def examine(
    trial: TrialRecord, folder: Path, objective: Objective, trainable: TrainableRef
) -> Candidate:
    """Verify a best checkpoint: it is there, unchanged, loads, and gives its metric again."""
    checkpoint = trial.best_checkpoint(objective)
    if checkpoint is None:
        return Candidate(trial, None, "it kept no checkpoint with a finite value")
    return Candidate(trial, checkpoint, _fault(trial, checkpoint, folder, objective, trainable))


def _fault(
    trial: TrialRecord,
    checkpoint: Checkpoint,
    folder: Path,
    objective: Objective,
    trainable: TrainableRef,
) -> str | None:
    if not is_intact(folder, checkpoint):
        return f"{folder / checkpoint.path} is missing or was changed since it was reported"
    try:
        again = evaluate(
            trial.config_at(checkpoint.epoch), folder / checkpoint.path, "val", trainable
        )
    except Exception as error:  # noqa: BLE001 - whatever a damaged file or changed code raises
        return f"{folder / checkpoint.path} does not load: {type(error).__name__}: {error}"
    value = again.get(objective.metric)
    if value is None:
        return f"{objective.metric} cannot be verified: the trainable's evaluate does not give it"
    if math.isclose(value, checkpoint.value, rel_tol=TOLERANCE, abs_tol=TOLERANCE):
        return None
    return f"{objective.metric} was reported as {checkpoint.value:.6g} and is now {value:.6g}"


def evaluate(
    config: Mapping[str, Any], checkpoint: Path, split: Split, trainable: TrainableRef
) -> dict[str, float]:
    """The metrics of a checkpoint on a split."""
    module = trainable.load()
    found: dict[str, float] = module.evaluate(
        module.Config.model_validate(dict(config)), checkpoint, split
    )
    return found
