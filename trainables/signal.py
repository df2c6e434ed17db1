"""Signal against background on a table of numbers: the classifier of the shipped search."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from trainables.contract import Split, Trial
from trainables.signal_config import METRICS, Config

__all__ = ["METRICS", "Config", "check_data", "evaluate", "fit", "prepare_worker", "probe"]


def check_data(config: Config) -> tuple[str, ...]:
    """Open the table, cut and check it; returns what its user should know.

    **Raises** ConfigError if it cannot be trained on.
    """
    from trainables import batches, disco_notes, sections, tabular

    table = tabular.load(config.data, config.spectators())
    n_train = batches.n_batches(table.train.labels, config.data)
    n_val = -(-len(table.val.labels) // batches.EVAL_ROWS)
    sections.check_shares(config.trainer, n_train, n_val)
    return (*table.notes, *disco_notes.notes(config, table))


def probe(config: Config) -> Mapping[str, str]:
    """Build every component once and say what came out, section by section.

    **Raises** ConfigError where a component refuses its arguments.
    """
    from trainables import signal_probe

    return signal_probe.probe(config)


def prepare_worker() -> None:
    """Import what a training needs: a few seconds in a process that has no torch yet."""
    from trainables import signal_fit  # noqa: F401


def fit(config: Config, trial: Trial) -> None:
    """Train until the last epoch, reporting after each validation."""
    from trainables import signal_fit

    signal_fit.fit(config, trial)


def evaluate(config: Config, checkpoint: Path, split: Split) -> dict[str, float]:
    """The metrics of a checkpoint: `val_...`, or the same ones as `test_...`."""
    from trainables import signal_fit

    return signal_fit.evaluate(config, checkpoint, split)
