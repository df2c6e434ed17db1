"""What happens when an epoch ends: early stopping, plateau, checkpoint, report, in this order.

Lightning moves ReduceLROnPlateau only after its checkpoints are written and never makes up for it,
so that a resumed fit has another learning rate. Here it moves before the checkpoint.
"""

from __future__ import annotations

from typing import Any, Literal

from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import Checkpoint, EarlyStopping

from trainables import sections
from trainables.checkpoint_file import HYPER_PARAMETERS, plain, textual
from trainables.contract import ConfigError, Trial
from trainables.nearest import listed
from trainables.process_state import random_state, set_random_state


class EndEarly(EarlyStopping):
    """Lightning's early stopping, counted in reports, that is still over after a resume.

    What improves before `min_epochs` takes back an end that was due. Lightning would stop there all
    the same, but not after a resume.
    """

    def __init__(self, section: sections.EarlyStopping, mode: Literal["min", "max"]) -> None:
        super().__init__(
            monitor=section.monitor,
            mode=mode,
            patience=section.patience,
            min_delta=section.min_delta,
            check_on_train_epoch_end=True,
        )
        self._configured = section.patience

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """The counts of the checkpoint, but the patience of the config."""
        super().load_state_dict({**state_dict, "patience": self._configured})

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        del pl_module
        is_over = self.wait_count >= self.patience and _may_end(trainer, trainer.current_epoch)
        trainer.should_stop = trainer.should_stop or is_over

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if not validated(trainer):
            return
        before = trainer.should_stop
        super().on_train_epoch_end(trainer, pl_module)
        if not _may_end(trainer, trainer.current_epoch + 1):
            trainer.should_stop = before


class ReportEpoch(Checkpoint):
    """Writes a full checkpoint after each validation and reports it; the last callback to run."""

    def __init__(self, trial: Trial, names: tuple[str, ...], lr_factor: float | None) -> None:
        self._trial = trial
        self._names = names
        self._lr_factor = lr_factor
        self._random: dict[str, Any] | None = None
        self._plateaus: list[Any] = []

    def state_dict(self) -> dict[str, Any]:
        return {"random": random_state()}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self._random = state_dict["random"]

    def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        del pl_module
        # Here, and not earlier: building the module draws numbers; not later: iterators draw some.
        if self._random is not None:
            set_random_state(self._random)
            _begin_again(trainer)
        self._plateaus = [config for config in trainer.lr_scheduler_configs if _is_plateau(config)]
        for config in self._plateaus:
            config.interval = "report"

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        del pl_module
        if trainer.current_epoch + 1 == trainer.max_epochs:
            trainer.check_val_every_n_epoch = 1
        switch(trainer, "train")

    def on_validation_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        del pl_module
        switch(trainer, "eval")

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        if self._lr_factor is not None:
            _scale_rates(trainer, self._lr_factor)
        if not validated(trainer):
            return
        # All ranks go by the numbers of the first: batch normalisation makes theirs differ.
        monitors = {config.monitor for config in self._plateaus}
        seen = {name: _metric(trainer, name) for name in {*self._names, *monitors}}
        seen = trainer.strategy.broadcast(seen)
        for config in self._plateaus:
            pl_module.lr_scheduler_step(config.scheduler, seen[config.monitor])
        metrics = {name: seen[name] for name in self._names}
        epoch = trainer.current_epoch + 1
        path = self._trial.directory / f"epoch-{epoch}.ckpt.part"
        trainer.save_checkpoint(path)
        # Whoever listens may draw random numbers; a resumed fit would not know of them.
        state = random_state()
        self._trial.report(epoch, metrics, path if trainer.is_global_zero else None)
        set_random_state(state)

    def on_save_checkpoint(
        self, trainer: Trainer, pl_module: LightningModule, checkpoint: dict[str, Any]
    ) -> None:
        del trainer, pl_module
        for name in set(checkpoint) - {"state_dict"}:
            checkpoint[name] = plain(checkpoint[name])
        for name in HYPER_PARAMETERS & set(checkpoint):
            checkpoint[name] = textual(checkpoint[name])


def _begin_again(trainer: Trainer) -> None:
    """Restart the training batches if a look at their number has already begun them."""
    fetcher = trainer.fit_loop._data_fetcher
    if fetcher is not None:
        iter(fetcher)


def validated(trainer: Trainer) -> bool:
    """Whether the epoch that ends was validated, so that it is reported."""
    every = trainer.check_val_every_n_epoch
    return every is None or (trainer.current_epoch + 1) % every == 0


def _may_end(trainer: Trainer, epochs: int) -> bool:
    """Whether a trial may end early after so many epochs."""
    return epochs >= (trainer.min_epochs or 0)


def _is_plateau(config: Any) -> bool:
    return bool(config.reduce_on_plateau)


def _scale_rates(trainer: Trainer, factor: float) -> None:
    for optimizer in trainer.optimizers:
        for group in optimizer.param_groups:
            group["lr"] = group["lr"] * factor


def switch(trainer: Trainer, mode: Literal["train", "eval"]) -> None:
    """Schedule-free optimizers keep one set of weights to train and another to evaluate."""
    for optimizer in trainer.optimizers:
        switch = getattr(optimizer, mode, None)
        if callable(switch):
            switch()


def _metric(trainer: Trainer, name: str) -> float:
    if name not in trainer.callback_metrics:
        logged = listed(trainer.callback_metrics)
        raise ConfigError(
            "metrics", f"{name!r} was promised but never logged; logged were {logged}"
        )
    return float(trainer.callback_metrics[name])
