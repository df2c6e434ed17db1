"""The one Lightning loop: what every Lightning trainable is trained, resumed and evaluated by."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from lightning.fabric.plugins.environments.lightning import LightningEnvironment
from lightning.fabric.utilities.exceptions import MisconfigurationException
from lightning.fabric.utilities.seed import seed_everything
from lightning.pytorch import LightningDataModule, LightningModule, Trainer
from lightning.pytorch.loggers import Logger

from trainables import loggers
from trainables.checkpoint_file import load_weights, read_checkpoint
from trainables.components.signature import said
from trainables.contract import ConfigError, Placement, Trial
from trainables.fit_callbacks import callbacks
from trainables.fit_plan import Plan
from trainables.process_state import isolated
from trainables.sections import TrainerSection

ALL = 1.0
"""The share of the batches where none is told."""


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
    torch.set_float32_matmul_precision(plan.trainer.float32_matmul_precision)
    # The first of several workers alone writes.
    asked = plan.logging.loggers if trial.placement.rank == 0 else []
    with loggers.opened(asked, trial.directory) as own:
        trainer = _trainer(trial, plan, own)
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


def _trainer(trial: Trial, plan: Plan, own: list[Logger]) -> Trainer:
    section = plan.trainer
    return Trainer(
        max_epochs=section.max_epochs,
        min_epochs=section.min_epochs,
        accumulate_grad_batches=section.accumulate_grad_batches,
        gradient_clip_val=section.gradient_clip_val,
        gradient_clip_algorithm=section.gradient_clip_algorithm,
        check_val_every_n_epoch=section.check_val_every_n_epoch,
        num_sanity_val_steps=section.num_sanity_val_steps,
        limit_train_batches=section.limit_train_batches or ALL,
        callbacks=callbacks(trial, plan, own),
        default_root_dir=trial.directory,
        logger=own,
        log_every_n_steps=plan.logging.log_every_n_steps or 0,
        enable_progress_bar=bool(trial.placement.progress),
        **_shared(section),
        **_machine(trial.placement),
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
