"""The config sections that every Lightning trainable shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, model_validator

from trainables.components.component import Component
from trainables.contract import ConfigError, Frozen, Metric
from trainables.nearest import did_you_mean, listed
from trainables.no_options import refuse

Precision = Literal[
    32, 64, "32", "64", "32-true", "64-true", "16-mixed", "bf16-mixed", "16-true", "bf16-true"
]

FLOAT32 = (32, "32", "32-true")
MIXED = ("16-mixed", "bf16-mixed")
"""Precisions under which some products of matrices are in single precision."""

Share = int | float
"""Of batches: a whole number is so many of them, a fraction such as 0.1 or 1.0 their share."""


class TrainerSection(Frozen):
    """How long and how a trial trains."""

    max_epochs: int = Field(default=20, ge=1)
    """Epochs if nothing stops the trial; a fit that continues counts those already done."""
    min_epochs: int | None = Field(default=None, ge=1)
    """Epochs before which early stopping ends no trial; null for none."""
    precision: Precision = 32
    """Arithmetic: 32, 64; 16-mixed (GPUs only), bf16-mixed; bf16-true, 16-true.

    Under 16-true a number below 6e-8 is 0: an Adam needs `eps: 1e-4`, or it divides by 0.
    """
    gradient_clip_val: float | None = Field(default=None, gt=0)
    """Largest norm, or value, of a gradient; null for no limit."""
    gradient_clip_algorithm: Literal["norm", "value"] = "norm"
    """What `gradient_clip_val` limits: the norm of all gradients, or each value."""
    accumulate_grad_batches: int = Field(default=1, ge=1)
    """Batches that are added up for one optimizer step."""
    check_val_every_n_epoch: int = Field(default=1, ge=1)
    """Epochs between two validations, each of which is reported; the last epoch always is."""
    num_sanity_val_steps: int = Field(default=0, ge=-1)
    """Validation batches tried before training, unreported; -1 for all."""
    limit_train_batches: Share | None = Field(default=None, gt=0)
    """Batches of a training epoch: 100 is so many, 0.1 that share; null for all."""
    limit_val_batches: Share | None = Field(default=None, gt=0)
    """Batches of a validation: 100 is so many, 0.1 that share; null for all."""
    float32_matmul_precision: Literal["highest", "high", "medium"] = "highest"
    """Precision of float32 matrix products on processors that can trade it for speed."""

    @property
    def arithmetic(self) -> str:
        """The precision by its longest name: 32 and 32-true are the same."""
        name = str(self.precision)
        return f"{name}-true" if name.isdigit() else name

    def described(self, beside: set[str]) -> str:
        """Every option but those `beside`, as a text that differs only if trials train apart."""
        return f"{self.arithmetic} {self.model_dump_json(exclude={*beside, 'precision'})}"

    @model_validator(mode="before")
    @classmethod
    def _options_only(cls, given: Any) -> Any:
        return refuse(cls.__name__, given)

    @model_validator(mode="after")
    def _nothing_idle(self) -> TrainerSection:
        """**Raises** ConfigError for what could not act."""
        for key in ("limit_train_batches", "limit_val_batches"):
            share = getattr(self, key)
            if isinstance(share, float) and share > 1:
                message = f"{share} is no share of the batches; write {round(share)} for so many"
                raise ConfigError(key, message)
        if self.gradient_clip_algorithm != "norm" and self.gradient_clip_val is None:
            message = "'value' has no effect without gradient_clip_val, which says how large"
            raise ConfigError("gradient_clip_algorithm", message)
        if self.float32_matmul_precision != "highest" and self.precision not in FLOAT32 + MIXED:
            message = (
                f"{self.float32_matmul_precision!r} has no effect with precision "
                f"{self.precision}, under which no matrix product is in float32"
            )
            raise ConfigError("float32_matmul_precision", message)
        if self.min_epochs is not None and self.min_epochs > self.max_epochs:
            message = f"{self.min_epochs} is more than max_epochs ({self.max_epochs})"
            raise ConfigError("min_epochs", message)
        return self


TRAINER_NOT_SEARCHED = {
    "trainer.limit_val_batches": "trials are compared on the same validation rows only",
    "trainer.num_sanity_val_steps": "it tries the validation, and changes nothing that is trained",
}
"""Keys of `trainer` that every trial of a search must share, each with the reason."""


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


class Logging(Frozen):
    """What is written down of a trial beside its reports and checkpoints."""

    loggers: list[Component] = []
    """Lightning's loggers by name, each with its own arguments; they write below the trial."""
    log_every_n_steps: int | None = Field(default=None, ge=1)
    """Optimizer steps between two values of loss and rate in them; null for epochs only."""
    plot_every_n_epochs: int | None = Field(default=None, ge=1)
    """Epochs between two sets of pictures, one more at the last epoch; null for none."""
    memory: bool = False
    """Report the peak memory as `train_memory_mib`: of the GPU, else of the process."""

    @model_validator(mode="after")
    def _somebody_listens(self) -> Logging:
        if self.log_every_n_steps is not None and not self.loggers:
            message = "has no effect without logging.loggers, which steps are written to"
            raise ConfigError("log_every_n_steps", message)
        return self


LOGGING_NOT_SEARCHED = {"logging": "it decides what is written down, which no metric shows"}
"""Every trial of a search must share it, with the reason."""


def check_ending(
    metrics: Mapping[str, Metric], trainer: TrainerSection, stopping: EarlyStopping | None
) -> None:
    """Refuse an early stopping that watches what is never reported, and what it leaves idle.

    **Raises** ConfigError with the key.
    """
    if stopping is None:
        if trainer.min_epochs is not None:
            message = "has no effect without early_stopping, which alone ends a trial before"
            raise ConfigError("trainer.min_epochs", message)
        return
    if stopping.monitor not in metrics:
        hint = did_you_mean(stopping.monitor, metrics)
        message = f"no metric {stopping.monitor!r}; reported are {listed(metrics)}{hint}"
        raise ConfigError("early_stopping.monitor", message)


def check_shares(section: TrainerSection, n_train: int, n_val: int | None) -> None:
    """Refuse a share of the training or validation batches that is less than one of them.

    None stands for batches that cannot be counted before the fit.

    **Raises** ConfigError.
    """
    for part, key, n_batches in (
        ("training", "limit_train_batches", n_train),
        ("validation", "limit_val_batches", n_val),
    ):
        share = getattr(section, key)
        if isinstance(share, float) and n_batches is not None and share * n_batches < 1:
            message = (
                f"{share} of {n_batches} {part} batches is less than one; write 1 for one batch"
            )
            raise ConfigError(f"trainer.{key}", message)
