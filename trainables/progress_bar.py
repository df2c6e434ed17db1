"""Lightning's progress bar for a terminal on which each epoch also leaves a line."""

from __future__ import annotations

from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import TQDMProgressBar
from lightning.pytorch.callbacks.progress.tqdm_progress import Tqdm, convert_inf


class ProgressBar(TQDMProgressBar):
    """Counts epochs from 1, and is out of the way when an epoch is reported."""

    def init_train_tqdm(self) -> Tqdm:
        bar = super().init_train_tqdm()
        bar.leave = False
        return bar

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        del pl_module
        # Not by the method above, which shows its own count first.
        self.train_progress_bar.reset(convert_inf(self.total_train_batches))
        self.train_progress_bar.set_description(f"epoch {trainer.current_epoch + 1}")

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        super().on_train_epoch_end(trainer, pl_module)
        self.train_progress_bar.clear()
