"""Builds the components of a `signal` config without data, and describes what was built.

Equal descriptions mean that two configs would train alike. So the learning rate is not described
by its value but by what it does to the weights of a small network, under the real optimizer and
scheduler: a rate that a schedule overwrites leaves no trace.
"""

from __future__ import annotations

from functools import lru_cache

import torch
from pydantic import TypeAdapter

from trainables import loggers
from trainables.architectures import Architecture
from trainables.components import losses
from trainables.components.component import Component
from trainables.components.trace import Driver, trace
from trainables.sections import check_least_epochs, check_monitor
from trainables.signal_config import METRICS, Config, modes

_FEATURES = 4


def probe(config: Config) -> dict[str, str]:
    """One text a section. **Raises** ConfigError where a component refuses its arguments."""
    check_monitor(METRICS, config.early_stopping)
    check_least_epochs(config.trainer, config.early_stopping)
    loggers.check(config.logging.loggers)
    optimizer, scheduler = _rates(_driver(config))
    return {
        "data": config.data.model_dump_json(),
        "architecture": _architecture(config.architecture.model_dump_json()),
        "loss": _loss(config.loss.model_dump_json(), config.data.weight is not None),
        "optimizer": optimizer,
        "scheduler": scheduler,
        "trainer": _trainer(config),
        "early_stopping": str(config.early_stopping and config.early_stopping.model_dump_json()),
        "checkpointing": config.checkpointing.model_dump_json(),
        "logging": config.logging.model_dump_json(),
        "significance": config.significance.model_dump_json(),
    }


def _trainer(config: Config) -> str:
    others = config.trainer.model_dump_json(exclude={"reduce_lr_on_epoch", "precision"})
    return f"{config.trainer.arithmetic} {others}"


def _driver(config: Config) -> Driver:
    scheduler = config.scheduler
    return Driver(
        optimizer=config.optimizer.model_dump_json(),
        scheduler=None if scheduler is None else scheduler.model_dump_json(),
        epochs=config.trainer.max_epochs,
        lr_factor=config.trainer.reduce_lr_on_epoch,
    )


@lru_cache(maxsize=4096)
def _rates(driver: Driver) -> tuple[str, str]:
    return trace(driver, modes())


@lru_cache(maxsize=4096)
def _architecture(text: str) -> str:
    config = TypeAdapter(Architecture).validate_json(text)
    with torch.random.fork_rng(devices=[]), torch.device("meta"):
        net = config.build(_FEATURES)
    return f"{net!r} with {sum(part.numel() for part in net.parameters())} weights"


@lru_cache(maxsize=4096)
def _loss(text: str, weighted: bool) -> str:
    loss = losses.build(Component.model_validate_json(text), weighted)
    logits = torch.tensor([-3.0, -0.7, 0.2, 1.1, 2.5, -1.4, 0.6, 4.0])
    target = torch.tensor([0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0])
    return f"{loss!r} giving {loss(logits, target).item()!r}"
