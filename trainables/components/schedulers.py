"""Learning-rate schedulers by name: torch, then pytorch_optimizer, then ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from trainables.components.component import SchedulerComponent
from trainables.components.listing import ComponentRow, by_letter, shown
from trainables.components.scheduler_lookup import (
    SECTION,
    find,
    known_schedulers,
    libraries,
)
from trainables.components.scheduler_table import (
    CONSTANT,
    EVERY_STEP,
    HORIZONS,
    NOTES,
    PLATEAU,
    REFUSED,
    UNREGISTERED,
)
from trainables.components.signature import Signature, construct
from trainables.components.warmups import WARMUPS
from trainables.contract import ConfigError
from trainables.nearest import did_you_mean, listed

if TYPE_CHECKING:
    from torch.optim import Optimizer


@dataclass(frozen=True)
class Horizon:
    """How long the fit is, for schedules that must know."""

    epochs: int
    steps: int


@dataclass(frozen=True)
class Built:
    """A scheduler, and when it moves."""

    scheduler: Any
    interval: Literal["epoch", "step"]
    monitor: str | None


@dataclass(frozen=True)
class SchedulerRow:
    """A scheduler of the table: the component itself, and what a fit decides about it."""

    row: ComponentRow
    interval: Literal["epoch", "step"] = "epoch"
    filled: Mapping[str, float] = field(default_factory=dict)
    """The share of the whole fit that an argument is when it is left out."""


def is_constant(component: SchedulerComponent | None) -> bool:
    """Whether the learning rate is left alone."""
    return component is None or component.name.lower() == CONSTANT


def moving(component: SchedulerComponent | None) -> SchedulerComponent | None:
    """The scheduler of a component, or None where the learning rate is left alone.

    **Raises** ConfigError for a key beside `none`, which could not act.
    """
    if component is None or not is_constant(component):
        return component
    own = {"interval": component.interval, "monitor": component.monitor}
    given = [*component.arguments, *(key for key, value in own.items() if value is not None)]
    if given:
        message = f"{component.name} leaves the learning rate alone and takes no other key"
        raise ConfigError(f"{SECTION}.{given[0]}", f"{message}; leave it out, or name a scheduler")
    return None


def watched(component: SchedulerComponent | None, modes: Mapping[str, str]) -> str | None:
    """The metric that a scheduler watches: that of the config, else the first one reported."""
    if component is None or component.name != PLATEAU:
        return None
    return component.monitor or next(iter(modes))


def names() -> list[str]:
    """Every scheduler that a config may name."""
    return known_schedulers()


def table() -> tuple[SchedulerRow, ...]:
    """Every scheduler of the libraries and of ours as a config would name it, usable or refused."""
    torch_names, other = libraries()
    everywhere: Mapping[str, Iterable[str]] = {
        "torch.optim.lr_scheduler": torch_names,
        "pytorch_optimizer": other,
        "tune-run": WARMUPS,
    }
    return tuple(
        _row(name, library)
        for library, those in everywhere.items()
        for name in by_letter([*those, *UNREGISTERED.get(library, ())])
    )


def arguments(name: str) -> frozenset[str] | None:
    """The arguments of a scheduler, with our own keys; None if it is not known."""
    if name.lower() == CONSTANT:
        return frozenset()
    try:
        known = frozenset(find(name).signature.parameters)
    except ConfigError:
        return None
    return known | ({"monitor"} if name == PLATEAU else {"interval"})


def interval_of(component: SchedulerComponent) -> Literal["epoch", "step"]:
    """When a scheduler moves."""
    if component.interval is not None:
        return component.interval
    return "step" if {component.name, component.name.lower()} & EVERY_STEP else "epoch"


def follows_fit(component: SchedulerComponent | None) -> bool:
    """Whether the shape of the schedule is stretched over the epochs or steps of the whole fit."""
    if component is None:
        return False
    filled = set(_counted(component.name)) - set(component.arguments)
    return component.name in WARMUPS or bool(filled)


def resolved(component: SchedulerComponent, horizon: Horizon) -> dict[str, Any]:
    """Every argument that the scheduler is built with, defaults included."""
    found = find(component.name)
    return found.signature.resolved(_checked(found.signature, component, horizon))


def build(
    component: SchedulerComponent, optimizer: Optimizer, horizon: Horizon, modes: dict[str, str]
) -> Built:
    """The scheduler of a component around an optimizer.

    `modes` says for each metric that may be watched whether `min` or `max` is better.

    **Raises** ConfigError with the key of the name or argument that is refused.
    """
    found = find(component.name)
    _check_own_keys(component, modes)
    named = _checked(found.signature, component, horizon)
    monitor = watched(component, modes)
    if monitor is not None:
        named["mode"] = modes[monitor]
    if component.name in WARMUPS:
        named["steps"] = _length(component, horizon)
    scheduler = construct(SECTION, component.name, found.build, optimizer, **named)
    return Built(_saveable(scheduler), interval_of(component), monitor)


def _check_own_keys(component: SchedulerComponent, modes: dict[str, str]) -> None:
    if component.name != PLATEAU and component.monitor is not None:
        message = f"{component.name} watches no metric; only {PLATEAU} does"
        raise ConfigError(f"{SECTION}.monitor", message)
    if component.name == PLATEAU and component.interval == "step":
        message = f"{PLATEAU} moves once a validation; leave the interval out"
        raise ConfigError(f"{SECTION}.interval", message)
    if component.monitor is not None and component.monitor not in modes:
        hint = did_you_mean(component.monitor, modes)
        message = f"no metric {component.monitor!r}; reported are {listed(modes)}{hint}"
        raise ConfigError(f"{SECTION}.monitor", message)


def _checked(
    signature: Signature, component: SchedulerComponent, horizon: Horizon
) -> dict[str, Any]:
    length = _length(component, horizon)
    counted = _counted(component.name)
    filled = {argument: max(1, round(share * length)) for argument, share in counted.items()}
    return signature.check({**filled, **component.arguments})


def _length(component: SchedulerComponent, horizon: Horizon) -> int:
    return horizon.steps if interval_of(component) == "step" else horizon.epochs


def _counted(name: str) -> Mapping[str, float]:
    return HORIZONS.get(name, HORIZONS.get(name.lower(), {}))


def _row(name: str, library: str) -> SchedulerRow:
    if name.lower() in REFUSED:
        return SchedulerRow(ComponentRow(name, library, reason=REFUSED[name.lower()]))
    found = find(name)
    torch_names, _ = libraries()
    twins = [other for other, build in torch_names.items() if build is found.build]
    row = ComponentRow(
        name,
        library,
        arguments=shown(found.signature.parameters),
        same_as="".join(twin for twin in twins if twin != name),
        note=NOTES.get(name, ""),
    )
    return SchedulerRow(row, interval_of(SchedulerComponent(name=name)), _counted(name))


def _saveable(scheduler: Any) -> Any:
    """The scheduler itself, or a wrapper if it cannot be put into a checkpoint."""
    from trainables.components.stateless_scheduler import Stateful

    return scheduler if hasattr(scheduler, "state_dict") else Stateful(scheduler)
