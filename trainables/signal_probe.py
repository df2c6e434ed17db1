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
from trainables.architectures.assembly import assemble
from trainables.architectures.inputs import InputShape, ObjectShape, n_outputs
from trainables.components import losses
from trainables.components.component import Component
from trainables.components.losses import LossTask
from trainables.components.trace import Driver, trace
from trainables.disco_probe import describe
from trainables.sections import check_ending
from trainables.signal_config import Config
from trainables.tabular import TabularData

_FEATURES = 4
_SLOTS = 4


def probe(config: Config) -> dict[str, str]:
    """One text a section. **Raises** ConfigError where a component refuses its arguments."""
    check_ending(config.reported(), config.trainer, config.early_stopping)
    loggers.check(config.logging.loggers)
    optimizer, scheduler = _rates(_driver(config), tuple(config.modes().items()))
    return {
        "data": _data(config.data),
        "architecture": _architecture(config.architecture.model_dump_json(), _shape(config.data)),
        "loss": _loss(config.loss.model_dump_json(), _task(config.data)),
        "optimizer": optimizer,
        "scheduler": scheduler,
        "trainer": config.trainer.described({"reduce_lr_on_epoch"}),
        "early_stopping": str(config.early_stopping and config.early_stopping.model_dump_json()),
        "checkpointing": config.checkpointing.model_dump_json(),
        "logging": config.logging.model_dump_json(),
        "significance": config.significance.model_dump_json(),
        "disco": describe(config),
        "sculpting": str(config.sculpting and config.sculpting.model_dump_json()),
    }


def _driver(config: Config) -> Driver:
    scheduler = config.scheduler
    return Driver(
        optimizer=config.optimizer.model_dump_json(),
        scheduler=None if scheduler is None else scheduler.model_dump_json(),
        epochs=config.trainer.max_epochs,
        lr_factor=config.trainer.reduce_lr_on_epoch,
    )


@lru_cache(maxsize=4096)
def _rates(driver: Driver, modes: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    return trace(driver, dict(modes))


def _data(data: TabularData) -> str:
    dead = {"weight_in_loss"} if data.weight is None else set()
    return data.model_dump_json(exclude=dead)


def _shape(data: TabularData) -> InputShape:
    """What the config says of an event, and a guess where only the data knows."""
    kinds = tuple(
        ObjectShape(name, kind.slots or _SLOTS, len(kind.features), bool(kind.momentum))
        for name, kind in data.objects.items()
    )
    n_flat = _FEATURES if data.features is None else len(data.features)
    return InputShape(n_flat, kinds, n_outputs(data.n_classes))


@lru_cache(maxsize=4096)
def _architecture(text: str, shape: InputShape) -> str:
    config = TypeAdapter(Architecture).validate_json(text)
    with torch.random.fork_rng(devices=[]), torch.device("meta"):
        net = assemble(config, shape)
    return f"{net!r} with {sum(part.numel() for part in net.parameters())} weights"


def _task(data: TabularData) -> LossTask:
    unequal = tuple(float(number + 1) for number in range(data.n_classes))
    balanced = unequal if data.class_weights == "balanced" else None
    return LossTask(data.n_classes, data.weighted_loss, class_weights=balanced)


@lru_cache(maxsize=4096)
def _loss(text: str, task: LossTask) -> str:
    loss = losses.build(
        Component.model_validate_json(text),
        weighted=task.weighted,
        n_classes=task.n_classes,
        class_weights=task.class_weights,
    )
    logits = torch.tensor([-3.0, -0.7, 0.2, 1.1, 2.5, -1.4, 0.6, 4.0])
    target = torch.tensor([0, 0, 1, 1, 1, 1, 0, 0])
    if task.n_classes == 2:
        value = loss(logits, target.float())
    else:
        columns = [logits.roll(number) for number in range(task.n_classes)]
        value = loss(torch.stack(columns, dim=1), target)
    return f"{loss!r} giving {value.item()!r}"
