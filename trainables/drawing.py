"""Draws what was validated, as often as the config asks and at the end of a trial."""

from __future__ import annotations

import logging

from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import Checkpoint

from trainables.contract import Trial
from trainables.epoch_end import validated
from trainables.pictures import files
from trainables.pictures.asked import METHOD

log = logging.getLogger(__name__)


class Draw(Checkpoint):
    """Writes the pictures of an epoch before it is reported; a fault of theirs ends no trial.

    A checkpoint callback, since those run when early stopping has decided.
    """

    def __init__(self, trial: Trial, every: int) -> None:
        self._trial = trial
        self._every = every

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if not validated(trainer) or not self._is_due(trainer):
            return
        epoch = trainer.current_epoch + 1
        try:
            figures = getattr(pl_module, METHOD)()
            files.write(figures, self._trial.directory, epoch)
        except Exception:
            log.exception("the pictures of epoch %d cannot be drawn", epoch)

    def _is_due(self, trainer: Trainer) -> bool:
        epoch, steps = trainer.current_epoch + 1, trainer.check_val_every_n_epoch or 1
        if epoch == trainer.max_epochs or trainer.should_stop:
            return True
        return epoch // self._every > (epoch - steps) // self._every
