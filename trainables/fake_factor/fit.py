"""Joins events, module and the Lightning loop for `fakes`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from trainables import lightning_fit, other_rows
from trainables.checkpoint_file import load_weights, read_checkpoint
from trainables.contract import Metric, Split, Trial
from trainables.fake_factor import event_table
from trainables.fake_factor.config import METRICS, Config, FakesTrainer
from trainables.fake_factor.data_config import CUT
from trainables.fake_factor.event_table import EventTable
from trainables.fake_factor.module import SCALING, ChainModule
from trainables.sections import check_monitor


def check_data(config: Config) -> tuple[str, ...]:
    """Open the events and see that they allow what is watched; returns what is odd.

    **Raises** ConfigError if they cannot be trained on.
    """
    table = event_table.load(config.data)
    check_monitor(reported(config, table), config.early_stopping)
    return table.notes


def reported(config: Config, table: EventTable) -> dict[str, Metric]:
    """The metrics that these events allow."""
    knows_truth, has_mc = table.val.true_ff is not None, config.data.is_data is not None
    absent = {key for key in ("pt", "eta", "met") if key not in table.edges}
    return {
        name: metric
        for name, metric in METRICS.items()
        if name.rpartition("_")[2] not in absent
        and (knows_truth or not name.startswith("val_ff"))
        and (has_mc or name.rpartition("_")[2] not in ("tight", "loose"))
    }


def fit(config: Config, trial: Trial) -> None:
    """Train one trial. **Raises** ConfigError for what the data or a component refuses."""
    table = event_table.load(config.data)
    start = config.checkpointing.load_checkpoint
    if start is not None and trial.resume_from is None:
        other_rows.warn(read_checkpoint(Path(start).expanduser()), config.data, CUT)
    plan = lightning_fit.Plan(
        metrics=reported(config, table),
        trainer=_by_hand(config.trainer),
        early_stopping=config.early_stopping,
        checkpointing=config.checkpointing,
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
