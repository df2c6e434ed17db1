"""The one Lightning loop: what every Lightning trainable is trained, resumed and evaluated by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from lightning.fabric.plugins.environments.lightning import LightningEnvironment
from lightning.fabric.utilities.exceptions import MisconfigurationException
from lightning.fabric.utilities.seed import seed_everything
from lightning.pytorch import Callback, LightningDataModule, LightningModule, Trainer
from lightning.pytorch.callbacks import TQDMProgressBar

from trainables import peak_memory
from trainables.checkpoint_file import load_weights, read_checkpoint
from trainables.components.signature import said
from trainables.contract import ConfigError, Metric, Placement, Trial
from trainables.epoch_end import EndEarly, Report
from trainables.process_state import isolated
from trainables.sections import (
    Checkpointing,
    EarlyStopping,
    Logging,
    TrainerSection,
    check_ending,
)

ALL = 1.0
"""The share of the batches where none is told."""


@dataclass(frozen=True)
class Plan:
    """What the loop must know besides the module and its data."""

    metrics: Mapping[str, Metric]
    trainer: TrainerSection
    early_stopping: EarlyStopping | None
    checkpointing: Checkpointing
    logging: Logging = field(default_factory=Logging)
    lr_factor: float | None = None
    """Multiplies every learning rate after each epoch."""
    keep: tuple[str, ...] = ()
    """Beginnings of names in the module's state that a warm start leaves as they are."""


def seed(trial: Trial) -> None:
    """Seed torch, numpy and Python; call it before the module is built."""
    seed_everything(trial.seed, workers=True, verbose=False)


def fit(
    module: LightningModule, trial: Trial, plan: Plan, data: LightningDataModule | None = None
) -> None:
    """Train to the last epoch and report after each validation; call it inside `isolated`.

    A checkpoint of this very trial wins over `checkpointing.load_checkpoint`.
    """
    _check_processor(plan.trainer, trial.placement)
    in_arithmetic(module, plan.trainer)
    start = _start_from(module, trial, plan)
    section = plan.trainer
    torch.set_float32_matmul_precision(section.float32_matmul_precision)
    trainer = Trainer(
        max_epochs=section.max_epochs,
        min_epochs=section.min_epochs,
        accumulate_grad_batches=section.accumulate_grad_batches,
        gradient_clip_val=section.gradient_clip_val,
        gradient_clip_algorithm=section.gradient_clip_algorithm,
        check_val_every_n_epoch=section.check_val_every_n_epoch,
        num_sanity_val_steps=section.num_sanity_val_steps,
        limit_train_batches=section.limit_train_batches or ALL,
        callbacks=_callbacks(trial, plan),
        default_root_dir=trial.directory,
        logger=False,
        enable_progress_bar=bool(trial.placement.progress),
        **_shared(section),
        **_machine(trial.placement),
    )
    try:
        trainer.fit(module, datamodule=data, ckpt_path=start, weights_only=True)
    except MisconfigurationException as error:
        raise ConfigError("trainer", f"Lightning refuses it: {said(error)}") from error


def in_arithmetic(module: LightningModule, section: TrainerSection) -> None:
    """Make a module's weights double where they train so; call it before weights are loaded.

    Lightning converts only after it has loaded a checkpoint, which rounds the weights to single.
    """
    if str(section.precision).startswith("64"):
        module.double()


def evaluator(section: TrainerSection, folder: Path) -> Trainer:
    """A trainer on one processor that only validates or tests, in the arithmetic of the fit."""
    return Trainer(
        default_root_dir=folder,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        **_shared(section),
        **_machine(Placement()),
    )


def _start_from(module: LightningModule, trial: Trial, plan: Plan) -> Path | None:
    if trial.resume_from is not None:
        return trial.resume_from
    if plan.checkpointing.load_checkpoint is None:
        return None
    path = Path(plan.checkpointing.load_checkpoint).expanduser()
    if plan.checkpointing.continue_training:
        read_checkpoint(path)
        return path
    load_weights(module, path, plan.keep)
    return None


def _check_processor(section: TrainerSection, placement: Placement) -> None:
    """Lightning would train in bf16-mixed instead, which is another option."""
    if section.precision == "16-mixed" and not placement.gpus:
        message = "16-mixed needs a GPU (resources.gpus: 1); on CPUs there is bf16-mixed"
        raise ConfigError("trainer.precision", message)


def _callbacks(trial: Trial, plan: Plan) -> list[Callback]:
    check_ending(plan.metrics, plan.trainer, plan.early_stopping)
    names, callbacks = list(plan.metrics), list[Callback]()
    if trial.placement.progress:
        callbacks.append(TQDMProgressBar(refresh_rate=trial.placement.progress))
    if plan.logging.memory:
        names.append(peak_memory.NAME)
        callbacks.append(peak_memory.PeakMemory())
    stopping = plan.early_stopping
    if stopping is not None:
        callbacks.append(EndEarly(stopping, plan.metrics[stopping.monitor].direction))
    return [*callbacks, Report(trial, tuple(names), plan.lr_factor)]


def _shared(section: TrainerSection) -> dict[str, Any]:
    """What a fit and an evaluation have in common."""
    return {
        "precision": section.precision,
        "limit_val_batches": section.limit_val_batches or ALL,
        "enable_model_summary": False,
    }


def _machine(placement: Placement) -> dict[str, Any]:
    if placement.trainer:
        return dict(placement.trainer)
    accelerator = "gpu" if placement.gpus else "cpu"
    # One process on its own share of the machine, whatever cluster Lightning would detect.
    return {"accelerator": accelerator, "devices": 1, "plugins": [LightningEnvironment()]}


__all__ = ["Plan", "evaluator", "fit", "in_arithmetic", "isolated", "seed"]
