"""The callbacks of a fit, in the order in which they act at the end of an epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lightning.pytorch import Callback, LightningModule, Trainer
from lightning.pytorch.callbacks import LearningRateMonitor
from lightning.pytorch.loggers import Logger

from trainables import peak_memory
from trainables.contract import Trial
from trainables.drawing import Draw
from trainables.epoch_end import EndEarly, ReportEpoch
from trainables.fit_plan import Plan
from trainables.progress_bar import ProgressBar
from trainables.sections import check_ending

STEP_LOSS = "train_loss_step"
"""The loss of one batch, as the loggers know it."""


class StepLoss(Callback):
    """Gives the loss of a batch to the loggers, every `log_every_n_steps`."""

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: LightningModule, outputs: Any, *batch: Any
    ) -> None:
        del batch
        if isinstance(outputs, Mapping) and "loss" in outputs:
            # Lightning has divided it by the number of batches that are added up.
            loss = outputs["loss"] * trainer.accumulate_grad_batches
            pl_module.log(STEP_LOSS, loss, on_step=True, on_epoch=False)


def callbacks(trial: Trial, plan: Plan, loggers: Sequence[Logger]) -> list[Callback]:
    """All callbacks of one fit. **Raises** ConfigError for an ending that cannot be watched."""
    check_ending(plan.metrics, plan.trainer, plan.early_stopping)
    made: list[Callback] = []
    if trial.placement.progress:
        made.append(ProgressBar(refresh_rate=trial.placement.progress))
    if plan.logging.log_every_n_steps is not None:
        made.append(StepLoss())
    if loggers:
        by_step = plan.logging.log_every_n_steps is not None
        made.append(LearningRateMonitor("step" if by_step else "epoch"))
    names = tuple(plan.metrics)
    if plan.logging.memory:
        names = (*names, peak_memory.NAME)
        made.append(peak_memory.PeakMemory())
    if plan.early_stopping is not None:
        direction = plan.metrics[plan.early_stopping.monitor].direction
        made.append(EndEarly(plan.early_stopping, direction))
    # The first of several workers alone writes.
    if plan.logging.plot_every_n_epochs is not None and trial.placement.rank == 0:
        made.append(Draw(trial, plan.logging.plot_every_n_epochs))
    return [*made, ReportEpoch(trial, names, plan.lr_factor)]
