"""Learning-rate schedulers by name: torch, then pytorch_optimizer, then ours."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from trainables.components.component import SchedulerComponent
from trainables.components.signature import Signature, construct, signature_of
from trainables.components.warmups import WARMUPS
from trainables.contract import ConfigError
from trainables.nearest import did_you_mean, listed

if TYPE_CHECKING:
    from torch.optim import Optimizer

SECTION = "scheduler"
CONSTANT = "none"
PLATEAU = "ReduceLROnPlateau"

_NEEDS_FUNCTION = "it needs a function, which a config cannot hold"
_NEEDS_SCHEDULERS = "it is built from other schedulers; name one scheduler"

REFUSED = {
    "chainedscheduler": _NEEDS_SCHEDULERS,
    "deberta_v3_large_lr_scheduler": "it groups the weights of one model, DeBERTa",
    "lambdalr": _NEEDS_FUNCTION,
    "multiplicative": _NEEDS_FUNCTION,
    "multiplicativelr": _NEEDS_FUNCTION,
    "proportion": _NEEDS_SCHEDULERS,
    "sequentiallr": _NEEDS_SCHEDULERS,
    "swalr": "it is for averaging weights over epochs, which no trial does",
}
"""Known to the libraries but not usable here, in lower case, with the reason."""

HORIZONS = {
    "CosineAnnealingLR": "T_max",
    "LinearLR": "total_iters",
    "OneCycleLR": "total_steps",
    "PolynomialLR": "total_iters",
    "chebyshev": "num_epochs",
    "cosine": "t_max",
    "cosine_annealing": "T_max",
    "cosine_annealing_with_warmup": "first_cycle_steps",
    "linear": "t_max",
    "one_cycle": "total_steps",
    "poly": "t_max",
    "rex": "total_steps",
}
"""The argument that counts all epochs (or steps, by the interval): filled in when left out."""

EVERY_STEP = frozenset(WARMUPS) | {"CyclicLR", "OneCycleLR", "cyclic", "one_cycle"}
"""Schedulers that move with every optimizer step unless the config says otherwise."""

_HIDDEN = frozenset(
    {"optimizer", "last_epoch", "verbose", "scale_fn", "epochs", "steps_per_epoch", "steps"}
)


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
class _Found:
    build: Any
    signature: Signature


def is_constant(component: SchedulerComponent | None) -> bool:
    """Whether the learning rate is left alone."""
    return component is None or component.name.lower() == CONSTANT


def names() -> list[str]:
    """Every scheduler that a config may name."""
    torch_names, other = _libraries()
    known = [CONSTANT, *WARMUPS, *torch_names, *other]
    return [name for name in known if name.lower() not in REFUSED]


def arguments(name: str) -> frozenset[str] | None:
    """The arguments of a scheduler, with our own keys; None if it is not known."""
    if name.lower() == CONSTANT:
        return frozenset()
    try:
        known = frozenset(_find(name).signature.parameters)
    except ConfigError:
        return None
    return known | ({"monitor"} if name == PLATEAU else {"interval"})


def interval_of(component: SchedulerComponent) -> Literal["epoch", "step"]:
    """When a scheduler moves."""
    if component.interval is not None:
        return component.interval
    return "step" if component.name in EVERY_STEP else "epoch"


def follows_fit(component: SchedulerComponent | None) -> bool:
    """Whether the shape of the schedule is stretched over the epochs or steps of the whole fit."""
    if component is None:
        return False
    counted = _counted(component.name)
    return component.name in WARMUPS or (counted is not None and counted not in component.arguments)


def resolved(component: SchedulerComponent, horizon: Horizon) -> dict[str, Any]:
    """Every argument that the scheduler is built with, defaults included."""
    found = _find(component.name)
    return found.signature.resolved(_checked(found.signature, component, horizon))


def build(
    component: SchedulerComponent, optimizer: Optimizer, horizon: Horizon, modes: dict[str, str]
) -> Built:
    """The scheduler of a component around an optimizer.

    `modes` says for each metric that may be watched whether `min` or `max` is better.

    **Raises** ConfigError with the key of the name or argument that is refused.
    """
    found = _find(component.name)
    _check_own_keys(component, modes)
    named = _checked(found.signature, component, horizon)
    monitor = None
    if component.name == PLATEAU:
        monitor = component.monitor or next(iter(modes))
        named["mode"] = modes[monitor]
    if component.name in WARMUPS:
        named["steps"] = horizon.steps
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
    counted = _counted(component.name)
    length = horizon.steps if interval_of(component) == "step" else horizon.epochs
    filled = {counted: length} if counted is not None else {}
    return signature.check({**filled, **component.arguments})


def _counted(name: str) -> str | None:
    return HORIZONS.get(name, HORIZONS.get(name.lower()))


@lru_cache(maxsize=128)
def _find(name: str) -> _Found:
    torch_names, other = _libraries()
    if name.lower() in REFUSED:
        raise ConfigError(f"{SECTION}.name", f"{name} cannot be used: {REFUSED[name.lower()]}")
    build = torch_names.get(name) or other.get(name.lower()) or WARMUPS.get(name)
    if build is None:
        hint = did_you_mean(name, names())
        message = f"no scheduler {name!r}; known are {listed(names())}{hint}"
        raise ConfigError(f"{SECTION}.name", message)
    hidden = _HIDDEN | ({"mode"} if name == PLATEAU else set())
    signature = signature_of(SECTION, name, build, hidden)
    if name.lower() == "poly":
        signature = _with_warmup_arguments(signature)
    return _Found(build, signature)


def _with_warmup_arguments(signature: Signature) -> Signature:
    """`poly` hides the arguments of its base class behind `**kwargs`: name them."""
    from pytorch_optimizer.base.scheduler import BaseLinearWarmupScheduler

    base = signature_of(SECTION, signature.name, BaseLinearWarmupScheduler, _HIDDEN)
    return Signature(
        SECTION,
        signature.name,
        {**base.parameters, **signature.parameters},
        {**base.hints, **signature.hints},
    )


@lru_cache(maxsize=1)
def _libraries() -> tuple[dict[str, Any], dict[str, Any]]:
    from pytorch_optimizer.lr_scheduler import LR_SCHEDULERS
    from torch.optim import lr_scheduler

    mine = {
        name: member
        for name, member in vars(lr_scheduler).items()
        if isinstance(member, type)
        and issubclass(member, lr_scheduler.LRScheduler | lr_scheduler.ReduceLROnPlateau)
        and name not in ("LRScheduler", "_LRScheduler")
    }
    return mine, dict(LR_SCHEDULERS)


def _saveable(scheduler: Any) -> Any:
    """The scheduler itself, or a wrapper if it cannot be put into a checkpoint."""
    from trainables.components.stateless_scheduler import Stateful

    return scheduler if hasattr(scheduler, "state_dict") else Stateful(scheduler)
