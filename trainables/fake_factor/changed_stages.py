"""Lets a config that changed since a checkpoint was written win, network by network."""

from __future__ import annotations

from typing import Any

from trainables import changed_settings
from trainables.components import schedulers
from trainables.fake_factor.config import Config
from trainables.fake_factor.stages import Stage, stages


def apply(checkpoint: dict[str, Any], new: Config) -> None:
    """Write into a loaded checkpoint every optimizer and scheduler setting that differs.

    **Raises** ConfigError where the states of the checkpoint do not fit the new config.
    """
    old = Config.model_validate(checkpoint["hyper_parameters"]["config"])
    moving = iter(checkpoint["lr_schedulers"])
    states = iter(checkpoint["optimizer_states"])
    for _ in range(new.trainer.repeats):
        for before, after in zip(stages(old).values(), stages(new).values(), strict=True):
            own = [] if schedulers.is_constant(before.scheduler) else [next(moving)]
            changed_settings.carry_over(
                _driven(before, old), _driven(after, new), next(states), own
            )


def _driven(stage: Stage, config: Config) -> changed_settings.Driven:
    return changed_settings.Driven(stage.optimizer, stage.scheduler, config.max_epochs())
