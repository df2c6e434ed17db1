"""Lets a config that changed since a checkpoint was written win over what the checkpoint restores.

An optimizer's state carries its settings. Restored as it is, it would silently undo a learning
rate that was changed on purpose, as in population-based training or a follow-up fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from trainables.components import optimizers, schedulers
from trainables.components.component import Component, SchedulerComponent
from trainables.components.scheduler_table import CONSTANT, PLATEAU
from trainables.components.weight_groups import argument_of
from trainables.contract import ConfigError

_RATES = ("lr", "initial_lr")
_BASES = ("base_lrs", "_last_lr")
_OF_MONITOR = ("mode", "mode_worse", "best", "num_bad_epochs")
"""What a plateau remembers of the metric that it watches."""


@dataclass(frozen=True)
class Driven:
    """What moves one network's weights, for how many epochs, and by which metric."""

    optimizer: Component
    scheduler: SchedulerComponent | None
    epochs: int
    watched: str | None


def carry_over(
    old: Driven, new: Driven, optimizer: dict[str, Any], moving: Iterable[dict[str, Any]]
) -> None:
    """Write the settings that differ into the states of an optimizer and its schedulers.

    A learning rate is changed by the ratio of the new to the old, so that a schedule that has
    lowered it keeps its place. A plateau that watches another metric begins to count anew.

    **Raises** ConfigError if another optimizer or scheduler was chosen: their states do not fit;
    and if the schedule was stretched over another number of epochs.
    """
    _same_kind("optimizer", old.optimizer.name, new.optimizer.name)
    _same_kind("scheduler", _name(old), _name(new))
    _same_length(old, new)
    if old == new:
        return
    # What is filled in from the length of the fit is no setting: any length will do, if the same.
    horizon = schedulers.Horizon(new.epochs, new.epochs)
    before, after = (optimizers.resolved(part.optimizer, horizon.steps) for part in (old, new))
    changed = {name: value for name, value in after.items() if value != before[name]}
    groups = optimizer["param_groups"]
    ratios = [_ratio(group, before, changed) for group in groups]
    for group, ratio in zip(groups, ratios, strict=True):
        group.update(_settings(group, before, changed))
        group.update({name: group[name] * ratio for name in _RATES if name in group})
    for state in moving:
        state.update(_rescheduled(old, new, horizon) if new.scheduler else {})
        state.update({name: _times(state[name], ratios) for name in _BASES if name in state})
        for name in _OF_MONITOR if old.watched != new.watched else ():
            state.pop(name, None)


def _ratio(
    group: Mapping[str, Any], before: Mapping[str, Any], changed: Mapping[str, Any]
) -> float:
    """The new rate of a group over its old one."""
    argument = argument_of("lr", group, before)
    return float(changed[argument] / before[argument]) if argument in changed else 1.0


def _settings(
    group: Mapping[str, Any], before: Mapping[str, Any], changed: Mapping[str, Any]
) -> dict[str, Any]:
    """The settings of a group that changed, but for its rate."""
    arguments = {name: argument_of(name, group, before) for name in group if name not in _RATES}
    return {name: changed[known] for name, known in arguments.items() if known in changed}


def _rescheduled(old: Driven, new: Driven, horizon: schedulers.Horizon) -> dict[str, Any]:
    assert old.scheduler is not None
    assert new.scheduler is not None
    before, after = (schedulers.resolved(part, horizon) for part in (old.scheduler, new.scheduler))
    return {name: value for name, value in after.items() if value != before[name]}


def _name(part: Driven) -> str:
    return CONSTANT if part.scheduler is None else part.scheduler.name


def _same_kind(section: str, old: str, new: str) -> None:
    if old != new:
        message = f"the checkpoint was trained with {old}, whose state {new} cannot take over"
        raise ConfigError(f"{section}.name", message)


def _same_length(old: Driven, new: Driven) -> None:
    """Refuse to stretch a schedule anew: its rate would jump up, or its steps run out."""
    stretched = any(schedulers.follows_fit(part.scheduler) for part in (old, new))
    if not stretched or old.epochs == new.epochs:
        return
    message = (
        f"{_name(new)} is stretched over all epochs, {old.epochs} where the checkpoint was "
        f"written and {new.epochs} here, so it cannot go on; leave continue_training out, "
        "so that load_checkpoint gives the weights alone, or keep trainer.max_epochs; only fits "
        f"with another scheduler, such as {PLATEAU}, can be made longer"
    )
    raise ConfigError("scheduler.name", message)


def _times(rates: list[float], ratios: list[float]) -> list[float]:
    return [rate * ratio for rate, ratio in zip(rates, ratios, strict=True)]
