"""The fake factor of leptons from a chain of three networks, judged by closure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from trainables.contract import Split, Trial
from trainables.fake_factor.config import Config
from trainables.fake_factor.metrics import METRICS

__all__ = ["METRICS", "Config", "check_data", "evaluate", "fit", "prepare_worker", "probe"]


def check_data(config: Config) -> tuple[str, ...]:
    """Draw or open the events, cut and check them; returns what their user should know.

    **Raises** ConfigError if they cannot be trained on.
    """
    from trainables.fake_factor import event_table

    return event_table.load(config.data).notes


def probe(config: Config) -> Mapping[str, str]:
    """Build every component once and say what came out, section by section.

    **Raises** ConfigError where a component refuses its arguments.
    """
    from trainables.fake_factor import probe as chain_probe

    return chain_probe.probe(config)


def prepare_worker() -> None:
    """Import what a training needs: a few seconds in a process that has no torch yet."""
    from trainables.fake_factor import fit as chain_fit  # noqa: F401


def fit(config: Config, trial: Trial) -> None:
    """Train until the last epoch, reporting after each validation."""
    from trainables.fake_factor import fit as chain_fit

    chain_fit.fit(config, trial)


def evaluate(config: Config, checkpoint: Path, split: Split) -> dict[str, float]:
    """The metrics of a checkpoint: `val_...`, or the same ones as `test_...`."""
    from trainables.fake_factor import fit as chain_fit

    return chain_fit.evaluate(config, checkpoint, split)
