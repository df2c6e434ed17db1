"""The one Lightning loop: what every Lightning trainable is trained, resumed and evaluated by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from lightning.fabric.plugins.environments.lightning import LightningEnvironment
from lightning.fabric.utilities.seed import seed_everything
from lightning.pytorch import Callback, LightningDataModule, LightningModule, Trainer

from trainables.checkpoint_file import load_weights, read_checkpoint
from trainables.contract import Metric, Placement, Trial
from trainables.epoch_end import EndEarly, ReportEpoch
from trainables.process_state import isolated
from trainables.sections import Checkpointing, EarlyStopping, TrainerSection, check_monitor


@dataclass(frozen=True)
class Plan:
    """What the loop must know besides the module and its data."""

    metrics: Mapping[str, Metric]
    trainer: TrainerSection
    early_stopping: EarlyStopping | None
    checkpointing: Checkpointing
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
    in_arithmetic(module, plan.trainer)
    start = _start_from(module, trial, plan)
    torch.set_float32_matmul_precision(plan.trainer.float32_matmul_precision)
    trainer = Trainer(
        max_epochs=plan.trainer.max_epochs,
        accumulate_grad_batches=plan.trainer.accumulate_grad_batches,
        gradient_clip_val=plan.trainer.gradient_clip_val,
        check_val_every_n_epoch=plan.trainer.check_val_every_n_epoch,
        callbacks=_callbacks(trial, plan),
        default_root_dir=trial.directory,
        **_quiet(plan.trainer),
        **_machine(trial.placement),
    )
    trainer.fit(module, datamodule=data, ckpt_path=start, weights_only=True)


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
        enable_checkpointing=False,
        **_quiet(section),
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


def _callbacks(trial: Trial, plan: Plan) -> list[Callback]:
    callbacks: list[Callback] = [ReportEpoch(trial, tuple(plan.metrics), plan.lr_factor)]
    stopping = plan.early_stopping
    if stopping is not None:
        check_monitor(plan.metrics, stopping)
        mode = plan.metrics[stopping.monitor].direction
        callbacks.append(EndEarly(stopping, mode))
    return callbacks


def _quiet(section: TrainerSection) -> dict[str, Any]:
    return {
        "precision": section.precision,
        "logger": False,
        "enable_progress_bar": False,
        "enable_model_summary": False,
        "num_sanity_val_steps": 0,
    }


def _machine(placement: Placement) -> dict[str, Any]:
    if placement.trainer:
        return dict(placement.trainer)
    accelerator = "gpu" if placement.gpus else "cpu"
    # One process on its own share of the machine, whatever cluster Lightning would detect.
    return {"accelerator": accelerator, "devices": 1, "plugins": [LightningEnvironment()]}


__all__ = ["Plan", "evaluator", "fit", "in_arithmetic", "isolated", "seed"]
