"""What the Lightning loop must know besides a module and its data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from trainables.contract import Metric
from trainables.sections import Checkpointing, EarlyStopping, Logging, TrainerSection


@dataclass(frozen=True)
class Plan:
    """The sections of a config that the loop goes by, and what the trainable adds."""

    metrics: Mapping[str, Metric]
    trainer: TrainerSection
    early_stopping: EarlyStopping | None
    checkpointing: Checkpointing
    logging: Logging = field(default_factory=Logging)
    lr_factor: float | None = None
    """Multiplies every learning rate after each epoch."""
    keep: tuple[str, ...] = ()
    """Beginnings of names in the module's state that a warm start leaves as they are."""
