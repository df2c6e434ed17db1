"""Joins events, module and the Lightning loop for `fakes`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from trainables import lightning_fit, other_rows
from trainables.checkpoint_file import load_weights, read_checkpoint
from trainables.contract import Split, Trial
from trainables.fake_factor import event_table
from trainables.fake_factor.config import Config, FakesTrainer
from trainables.fake_factor.data_config import CUT
from trainables.fake_factor.module import SCALING, ChainModule


def fit(config: Config, trial: Trial) -> None:
    """Train one trial. **Raises** ConfigError for what the data or a component refuses."""
    table = event_table.load(config.data)
    start = config.checkpointing.load_checkpoint
    if start is not None and trial.resume_from is None:
        other_rows.warn(read_checkpoint(Path(start).expanduser()), config.data, CUT)
    plan = lightning_fit.Plan(
        metrics=config.reported(),
        trainer=_by_hand(config.trainer),
        early_stopping=config.early_stopping,
        checkpointing=config.checkpointing,
        logging=config.logging,
        lr_factor=config.trainer.reduce_lr_on_epoch,
        keep=SCALING,
    )
    with lightning_fit.isolated(trial.placement.cpus):
        lightning_fit.seed(trial)
        lightning_fit.fit(ChainModule(config, table, trial.seed), trial, plan)


def evaluate(config: Config, checkpoint: Path, split: Split) -> dict[str, float]:
    """The metrics of a checkpoint, with the scaling that it was trained with."""
    table = event_table.load(config.data)
    with lightning_fit.isolated(1), tempfile.TemporaryDirectory() as folder:
        module = ChainModule(config, table)
        lightning_fit.in_arithmetic(module, config.trainer)
        load_weights(module, checkpoint, key="checkpoint")
        trainer = lightning_fit.evaluator(config.trainer, Path(folder))
        run = trainer.validate if split == "val" else trainer.test
        run(module, verbose=False)
        return {
            name: float(value)
            for name, value in trainer.callback_metrics.items()
            if name.startswith(split)
        }


def _by_hand(section: FakesTrainer) -> FakesTrainer:
    """The trainer's options without those that the module does itself, each network its own."""
    return section.model_copy(update={"gradient_clip_val": None, "accumulate_grad_batches": 1})
