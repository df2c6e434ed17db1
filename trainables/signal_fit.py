"""Joins table, module and the Lightning loop for `signal`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from trainables import lightning_fit, other_rows, tabular
from trainables.checkpoint_file import load_weights, read_checkpoint
from trainables.contract import Split, Trial
from trainables.half_precision import halve
from trainables.signal_config import Config
from trainables.signal_module import LOSS, SCALING, SignalModule


def fit(config: Config, trial: Trial) -> None:
    """Train one trial. **Raises** ConfigError for what the data or a component refuses."""
    table = tabular.load(config.data, config.spectators())
    start = config.checkpointing.load_checkpoint
    if start is not None and trial.resume_from is None:
        other_rows.warn(read_checkpoint(Path(start).expanduser()), config.data)
    with lightning_fit.isolated(trial.placement.cpus):
        lightning_fit.seed(trial)
        module = SignalModule(config, table, trial.seed)
        plan = lightning_fit.Plan(
            metrics=config.reported(),
            trainer=halve(module.net, config.trainer),
            early_stopping=config.early_stopping,
            checkpointing=config.checkpointing,
            logging=config.logging,
            lr_factor=config.trainer.reduce_lr_on_epoch,
            keep=(*SCALING, LOSS),
        )
        lightning_fit.fit(module, trial, plan)


def evaluate(config: Config, checkpoint: Path, split: Split) -> dict[str, float]:
    """The metrics of a checkpoint, with the scaling that it was trained with."""
    table = tabular.load(config.data, config.spectators())
    with lightning_fit.isolated(1), tempfile.TemporaryDirectory() as folder:
        module = SignalModule(config, table)
        section = halve(module.net, config.trainer)
        lightning_fit.in_arithmetic(module, section)
        load_weights(module, checkpoint, keep=(LOSS,), key="checkpoint")
        trainer = lightning_fit.evaluator(section, Path(folder))
        run = trainer.validate if split == "val" else trainer.test
        run(module, verbose=False)
        return {
            name: float(value)
            for name, value in trainer.callback_metrics.items()
            if name.startswith(split)
        }
