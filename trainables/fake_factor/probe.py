"""Builds the components of a `fakes` config without data, and describes what was built.

Equal descriptions mean that two configs would train alike. Shared sections are described by what
they make of each network, so that one which every network has otherwise leaves no trace.
"""

from __future__ import annotations

from functools import lru_cache

import torch
from pydantic import TypeAdapter

from trainables import loggers
from trainables.components.trace import Driver, trace
from trainables.contract import ConfigError
from trainables.fake_factor import losses, pulls
from trainables.fake_factor.config import Config
from trainables.fake_factor.loss_config import Loss
from trainables.fake_factor.networks import Network
from trainables.fake_factor.stages import Stage, stages
from trainables.sections import check_ending

_FEATURES = 4
_DRIVEN_BY_STAGES = {"gradient_clip_val", "reduce_lr_on_epoch"}


def probe(config: Config) -> dict[str, str]:
    """One text a section. **Raises** ConfigError where a component refuses its arguments."""
    check_ending(config.reported(), config.trainer, config.early_stopping)
    loggers.check(config.logging.loggers)
    return {
        "data": config.data.model_dump_json(exclude={"batch_size"}),
        "subtraction": config.subtraction.model_dump_json() if config.data.is_data else "none",
        **{name: _stage(config, stage) for name, stage in stages(config).items()},
        "trainer": config.trainer.described(_DRIVEN_BY_STAGES),
        "early_stopping": str(config.early_stopping and config.early_stopping.model_dump_json()),
        "checkpointing": config.checkpointing.model_dump_json(),
        "logging": config.logging.model_dump_json(),
    }


def _stage(config: Config, stage: Stage) -> str:
    try:
        optimizer, scheduler = _rates(_driver(config, stage), tuple(config.modes().items()))
    except ConfigError as error:
        raise _placed(error, config, stage) from error
    ensemble = stage.ensemble.model_dump()
    if stage.name == "ratio" and config.subtraction.use == "data":
        del ensemble["mc_norm_sigma"]  # no MC is in its rows
    parts = (
        _architecture(stage.architecture.model_dump_json(), stage.ensemble.size),
        _loss(stage.loss.model_dump_json()),
        optimizer,
        scheduler,
        f"{ensemble}, batches of {stage.batch_size}, clipped at {stage.gradient_clip_val}",
    )
    return "; ".join(parts)


def _driver(config: Config, stage: Stage) -> Driver:
    scheduler = stage.scheduler
    return Driver(
        optimizer=stage.optimizer.model_dump_json(),
        scheduler=None if scheduler is None else scheduler.model_dump_json(),
        epochs=config.trainer.max_epochs,
        lr_factor=config.trainer.reduce_lr_on_epoch,
    )


def _placed(error: ConfigError, config: Config, stage: Stage) -> ConfigError:
    """The error at the stage's own key, where the stage has it otherwise than the others."""
    section, _, key = error.key.partition(".")
    shared = getattr(config, section)
    own = getattr(getattr(config, stage.name), section).given
    inside = key in own or (own and key not in (shared.arguments if shared else {}))
    return ConfigError(f"{stage.name}.{error.key}", error.message) if inside else error


@lru_cache(maxsize=4096)
def _rates(driver: Driver, modes: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    return trace(driver, dict(modes))


@lru_cache(maxsize=4096)
def _architecture(text: str, n_outputs: int) -> str:
    config = TypeAdapter(Network).validate_json(text)
    with torch.random.fork_rng(devices=[]), torch.device("meta"):
        net = config.build(_FEATURES, n_outputs)
    return f"{net!r} with {sum(part.numel() for part in net.parameters())} weights"


@lru_cache(maxsize=4096)
def _loss(text: str) -> str:
    """What a loss makes of a few outputs: two names of one loss give the same."""
    config = TypeAdapter(Loss).validate_json(text)
    loss = losses.build(config)
    outputs = torch.tensor([-3.0, -0.7, 0.2, 1.1, 2.5, -1.4, 0.6, 4.0], dtype=torch.float64)
    labels = torch.tensor([0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0], dtype=torch.float64)
    weights = torch.ones_like(labels)
    value = losses.weighted_mean(loss, outputs, labels, weights)
    pulled = pulls.pull(config, loss.log_ratio(outputs), labels, weights)
    return f"loss {float(value)!r} and {float(pulled)!r}, balanced {config.balanced}"
