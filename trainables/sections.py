"""The config sections that every Lightning trainable shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, model_validator

from trainables.contract import ConfigError, Frozen, Metric
from trainables.nearest import did_you_mean, listed

Precision = Literal[32, 64, "32", "64", "32-true", "64-true", "16-mixed", "bf16-mixed"]


class TrainerSection(Frozen):
    """How long and how a trial trains."""

    max_epochs: int = Field(default=20, ge=1)
    """Epochs if nothing stops the trial; a fit that continues counts those already done."""
    precision: Precision = 32
    """Arithmetic: 32, 64, 16-mixed or bf16-mixed."""
    gradient_clip_val: float | None = Field(default=None, gt=0)
    """Largest norm of a gradient; null for no limit."""
    accumulate_grad_batches: int = Field(default=1, ge=1)
    """Batches that are added up for one optimizer step."""
    check_val_every_n_epoch: int = Field(default=1, ge=1)
    """Epochs between two validations, each of which is reported; the last epoch always is."""
    float32_matmul_precision: Literal["highest", "high", "medium"] = "highest"
    """Precision of float32 matrix products on GPUs that can trade it for speed."""


class EarlyStopping(Frozen):
    """When a trial that no longer improves ends itself."""

    monitor: str
    """The reported metric that is watched; its direction follows from the metric."""
    patience: int = Field(default=5, ge=1)
    """Reports without improvement before the trial ends."""
    min_delta: float = Field(default=0.0, ge=0)
    """The least change that counts as an improvement."""


class Checkpointing(Frozen):
    """Which checkpoints are kept, and which one a trial starts from."""

    save_top_k: int = Field(default=1, ge=1)
    """Best checkpoints that are kept beside the last one."""
    load_checkpoint: str | None = None
    """A checkpoint whose weights are the start; the scaling of the features stays the data's."""
    continue_training: bool = False
    """Take over optimizer, scheduler, scaling and epoch of `load_checkpoint` too."""

    @model_validator(mode="after")
    def _something_to_continue(self) -> Checkpointing:
        if self.continue_training and self.load_checkpoint is None:
            raise ValueError("continue_training needs load_checkpoint, the file to continue from")
        return self


CHECKPOINTING_NOT_SEARCHED = {
    "checkpointing.save_top_k": "it decides which files are kept, not what is trained",
    "checkpointing.load_checkpoint": (
        "trials would not start alike, and a checkpoint may know the validation rows already"
    ),
    "checkpointing.continue_training": "trials would not start at the same epoch",
}
"""Keys of `checkpointing` that every trial of a search must share, each with the reason."""


def check_monitor(metrics: Mapping[str, Metric], section: EarlyStopping | None) -> None:
    """Refuse an early stopping that watches what is never reported."""
    if section is None or section.monitor in metrics:
        return
    hint = did_you_mean(section.monitor, metrics)
    message = f"no metric {section.monitor!r}; reported are {listed(metrics)}{hint}"
    raise ConfigError("early_stopping.monitor", message)
