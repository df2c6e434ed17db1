"""Lets a config that changed since a checkpoint was written win, network by network."""

from __future__ import annotations

from typing import Any

from trainables import changed_settings
from trainables.components import schedulers
from trainables.contract import ConfigError
from trainables.fake_factor.config import Config
from trainables.fake_factor.stages import Stage, stages
from trainables.nearest import listed
from trainables.old_config import old_config


def apply(checkpoint: dict[str, Any], new: Config) -> None:
    """Write into a loaded checkpoint every optimizer and scheduler setting that differs.

    **Raises** ConfigError where the states of the checkpoint do not fit the new config.
    """
    old = old_config(checkpoint, Config)
    _same_networks(old, new)
    moving = iter(checkpoint["lr_schedulers"])
    states = iter(checkpoint["optimizer_states"])
    for _ in range(new.trainer.repeats):
        for before, after in zip(stages(old).values(), stages(new).values(), strict=True):
            own = [] if schedulers.is_constant(before.scheduler) else [next(moving)]
            changed_settings.carry_over(
                _driven(before, old), _driven(after, new), next(states), own
            )


def _driven(stage: Stage, config: Config) -> changed_settings.Driven:
    watched = schedulers.watched(stage.scheduler, config.modes())
    return changed_settings.Driven(stage.optimizer, stage.scheduler, config.max_epochs(), watched)


def _same_networks(old: Config, new: Config) -> None:
    """Refuse to go on with other networks than those of the checkpoint."""
    before, after = old.trainer.repeats, new.trainer.repeats
    if before != after:
        message = f"the checkpoint has {before} chains, which {after} cannot go on from"
        raise ConfigError("trainer.repeats", f"{message}; write {before}")
    trained, asked = list(stages(old)), list(stages(new))
    if trained != asked:
        message = (
            f"{new.data.is_data!r} asks for the networks {listed(asked)}, and the checkpoint has "
            f"{listed(trained)}; write {old.data.is_data!r}, as where it was trained"
        )
        raise ConfigError("data.is_data", message)
