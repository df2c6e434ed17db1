"""Signal against background on a table of numbers: the classifier of the shipped search."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from trainables.contract import Split, Trial
from trainables.signal_config import METRICS, Config

__all__ = ["METRICS", "Config", "check_data", "evaluate", "fit", "probe"]


def check_data(config: Config) -> tuple[str, ...]:
    """Open the table, cut and check it; returns what its user should know.

    **Raises** ConfigError if it cannot be trained on.
    """
    from trainables import sections, tabular

    table = tabular.load(config.data)
    sections.check_share(config.trainer, -(-len(table.train.labels) // config.data.batch_size))
    return table.notes


def probe(config: Config) -> Mapping[str, str]:
    """Build every component once and say what came out, section by section.

    **Raises** ConfigError where a component refuses its arguments.
    """
    from trainables import signal_probe

    return signal_probe.probe(config)


def fit(config: Config, trial: Trial) -> None:
    """Train until the last epoch, reporting after each validation."""
    from trainables import signal_fit

    signal_fit.fit(config, trial)


def evaluate(config: Config, checkpoint: Path, split: Split) -> dict[str, float]:
    """The metrics of a checkpoint: `val_...`, or the same ones as `test_...`."""
    from trainables import signal_fit

    return signal_fit.evaluate(config, checkpoint, split)
