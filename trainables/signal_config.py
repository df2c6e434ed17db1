"""What one `signal` trial is told, and the numbers that it reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field, model_validator

from trainables.architectures import ARCHITECTURES, Architecture, Mlp
from trainables.components.component import Component, SchedulerComponent
from trainables.components.disco_config import Disco
from trainables.contract import ConfigError, Frozen, Metric
from trainables.lightning_config import LightningConfig, one_master_of_the_rate
from trainables.sculpting_config import Sculpting
from trainables.sections import (
    CHECKPOINTING_NOT_SEARCHED,
    LOGGING_NOT_SEARCHED,
    TRAINER_NOT_SEARCHED,
    Checkpointing,
    EarlyStopping,
    Logging,
    TrainerSection,
)
from trainables.signal_metrics import METRICS, unreported
from trainables.tabular import DATA_NOT_SEARCHED, TabularData

__all__ = ["METRICS", "Config"]


class SignalTrainer(TrainerSection):
    """The trainer's options, with a learning rate that shrinks by itself."""

    reduce_lr_on_epoch: float | None = Field(default=None, gt=0, le=1)
    """Multiplies the learning rate after each epoch; null leaves it to the scheduler."""


class Significance(Frozen):
    """How `val_significance` counts."""

    background_uncertainty: float = Field(default=0.0, ge=0)
    """Relative uncertainty of the expected background."""


class Config(LightningConfig):
    """A classifier of signal against background on a table."""

    KNOWN_METRICS: ClassVar[Mapping[str, Metric]] = METRICS
    NOT_SEARCHED: ClassVar[Mapping[str, str]] = {
        **DATA_NOT_SEARCHED,
        **TRAINER_NOT_SEARCHED,
        **CHECKPOINTING_NOT_SEARCHED,
        **LOGGING_NOT_SEARCHED,
        "significance": "it decides how val_significance counts, not what is trained",
        "sculpting": "it decides how val_jsd and val_dcor count, not what is trained",
    }

    data: TabularData = TabularData()
    architecture: Architecture = Mlp()
    loss: Component = Component(name="BCEWithLogitsLoss")
    optimizer: Component = Component(name="Adam")
    scheduler: SchedulerComponent | None = None
    trainer: SignalTrainer = SignalTrainer()
    early_stopping: EarlyStopping | None = None
    checkpointing: Checkpointing = Checkpointing()
    logging: Logging = Logging()
    significance: Significance = Significance()
    disco: Disco | None = None
    sculpting: Sculpting | None = None

    @model_validator(mode="after")
    def _one_master_of_the_rate(self) -> Config:
        scheduler = None if self.scheduler is None else self.scheduler.name
        one_master_of_the_rate(self.trainer.reduce_lr_on_epoch, scheduler)
        return self

    @model_validator(mode="after")
    def _disco_can_act(self) -> Config:
        if self.disco is None:
            return self
        if self.disco.classes is not None and self.data.positive is not None:
            message = (
                "cannot name classes beside data.positive, which says one of their two values; "
                f"instead of it write data.classes: [THE OTHER VALUE, {self.data.positive}]"
            )
            raise ConfigError("disco.classes", message)
        self.disco.check(self.classes(), self.data.weight is not None)
        return self

    def classes(self) -> list[Any]:
        """What the label says of each class, in the order of their numbers."""
        return [0, 1] if self.data.classes is None else list(self.data.classes)

    def spectators(self) -> dict[str, str]:
        """Columns that the loss or metrics look at, each with the key that names it."""
        penalised = [] if self.disco is None else self.disco.variables
        looked_at = [] if self.sculpting is None else [self.sculpting.variable]
        first = dict.fromkeys(penalised, "disco.variables")
        return first | {name: "sculpting.variable" for name in looked_at if name not in first}

    def unreported(self) -> Mapping[str, str]:
        has_disco, has_sculpting = self.disco is not None, self.sculpting is not None
        return unreported(self.data.n_classes, has_disco, has_sculpting)

    def max_epochs(self) -> int:
        return self.trainer.max_epochs

    def keep_checkpoints(self) -> int:
        return self.checkpointing.save_top_k

    @classmethod
    def arguments(cls, section: str, name: str) -> frozenset[str] | None:
        """What the components of four sections take; imports the libraries where it must."""
        if section == "architecture":
            known = ARCHITECTURES.get(name)
            return None if known is None else frozenset(known.model_fields) - {"name"}
        if section not in ("loss", "optimizer", "scheduler"):
            return None
        from trainables.components import losses, optimizers, schedulers

        tables = {
            "loss": losses.arguments,
            "optimizer": optimizers.arguments,
            "scheduler": schedulers.arguments,
        }
        return tables[section](name)

    @classmethod
    def families(cls, section: str) -> Mapping[str, tuple[str, ...]]:
        """The groups of losses, optimizers and schedulers that a space may name."""
        from trainables.components import families

        return families.of(section)
