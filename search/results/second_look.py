"""Second looks at checkpoints: do they give their number again, and how good are they in a test."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from search.masking import hidden_in, unmasked
from search.names import TrainableRef
from search.results.checkpoints import is_intact
from search.results.goal import Goal
from search.results.rounding import Rounding, rounding_of
from search.results.trials import Checkpoint, TrialRecord
from trainables.contract import Split


@dataclass(frozen=True)
class Candidate:
    """A trial's best checkpoint, and what speaks against it."""

    trial: TrialRecord
    checkpoint: Checkpoint | None
    fault: str | None


def examine(
    trial: TrialRecord,
    folder: Path,
    goal: Goal,
    trainable: TrainableRef,
    gpus: float = 0,
    secrets: Mapping[str, Any] | None = None,
) -> Candidate:
    """Verify a best checkpoint: it is there, unchanged, loads, and gives its metrics again.

    `gpus` is what each worker of the trial was trained on; `secrets` is what the record lacks.
    """
    checkpoint = trial.best_checkpoint(goal)
    if checkpoint is None:
        return Candidate(trial, None, "it kept no checkpoint with a finite value")
    config = unmasked(trial.config_at(checkpoint.epoch), secrets or {})
    fault = _fault(config, checkpoint, folder, goal, trainable, gpus)
    return Candidate(trial, checkpoint, fault)


def _fault(
    config: Mapping[str, Any],
    checkpoint: Checkpoint,
    folder: Path,
    goal: Goal,
    trainable: TrainableRef,
    gpus: float,
) -> str | None:
    file = folder / checkpoint.path
    if not is_intact(folder, checkpoint):
        return f"{file} is missing or was changed since it was reported"
    try:
        again = evaluate(config, file, "val", trainable)
        resolved = trainable.load().Config.model_validate(dict(config)).model_dump(mode="json")
    except Exception as error:  # noqa: BLE001 - whatever a damaged file or changed code raises
        return f"{file} does not load: {type(error).__name__}: {error}{_lacking(config)}"
    values = checkpoint.value if isinstance(checkpoint.value, tuple) else (checkpoint.value,)
    rounding = rounding_of(resolved, gpus)
    faults = (
        _difference(metric, value, again.get(metric), rounding)
        for metric, value in zip(goal.metrics, values, strict=True)
    )
    return next((fault for fault in faults if fault), None)


def _lacking(config: Mapping[str, Any]) -> str:
    lost = ", ".join(hidden_in(config))
    return f"; the record holds no secrets: give {lost} as KEY=VALUE after the name" if lost else ""


def _difference(
    metric: str, reported: float, again: float | None, rounding: Rounding
) -> str | None:
    if again is None:
        return f"{metric} cannot be verified: the trainable's evaluate does not give it"
    if rounding.allows(again, reported):
        return None
    share = abs(again - reported) / max(abs(again), abs(reported))
    return (
        f"{metric} was reported as {reported:.6g} and is now {again:.6g}, {share:.1e} of it away, "
        f"where {rounding.tolerance:g} can be rounding after a training {rounding.trained}; the "
        "data, the code or a package is another one than then"
    )


def evaluate(
    config: Mapping[str, Any], checkpoint: Path, split: Split, trainable: TrainableRef
) -> dict[str, float]:
    """The metrics of a checkpoint on a split."""
    module = trainable.load()
    found: dict[str, float] = module.evaluate(
        module.Config.model_validate(dict(config)), checkpoint, split
    )
    return found
