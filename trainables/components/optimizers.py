"""Optimizers by name: torch.optim exactly as written, then pytorch_optimizer in any case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from trainables.components.component import Component
from trainables.components.listing import ComponentRow, by_letter, shown
from trainables.components.optimizer_table import NOTES, REFUSED, REFUSED_IN_TORCH
from trainables.components.signature import Signature, construct, signature_of
from trainables.components.weight_groups import grouped
from trainables.contract import ConfigError
from trainables.nearest import did_you_mean, listed

if TYPE_CHECKING:
    from torch.nn import Parameter
    from torch.optim import Optimizer

SECTION = "optimizer"

HORIZONS = frozenset({"num_iterations"})
"""Required arguments that are filled in with the number of optimizer steps of the whole fit."""

_HIDDEN = frozenset({"params", "differentiable"})


@dataclass(frozen=True)
class _Found:
    build: Any
    signature: Signature


def names() -> list[str]:
    """Every optimizer that a config may name."""
    torch_names, other = _libraries()
    usable = [name for name in torch_names if not _refusal(name)]
    others = [name for name in other if name not in _lower(usable)]
    return [*usable, *(name for name in others if not _refusal(name))]


def table() -> tuple[ComponentRow, ...]:
    """Every optimizer of the libraries as a config would name it, usable or refused."""
    torch_names, other = _libraries()
    return (
        *(_row(name, "torch.optim") for name in by_letter(torch_names)),
        *(_row(name, "pytorch_optimizer") for name in by_letter([*other, *_wrappers(other)])),
    )


def arguments(name: str) -> frozenset[str] | None:
    """The arguments of an optimizer; None if it is not known."""
    try:
        return frozenset(_find(name).signature.parameters)
    except ConfigError:
        return None


def resolved(component: Component, steps: int) -> dict[str, Any]:
    """Every argument that the optimizer is built with, defaults included."""
    found = _find(component.name)
    return found.signature.resolved(_checked(found.signature, component, steps))


def build(component: Component, parameters: Iterable[Parameter], steps: int) -> Optimizer:
    """The optimizer of a component over a network's parameters.

    **Units** `steps`: optimizer steps of the whole fit, for arguments that count them.
    **Raises** ConfigError with the key of the name or argument that is refused.
    """
    found = _find(component.name)
    named = _checked(found.signature, component, steps)
    optimizer: Optimizer = construct(
        SECTION, component.name, found.build, grouped(component.name, parameters), **named
    )
    return optimizer


def _checked(signature: Signature, component: Component, steps: int) -> dict[str, Any]:
    horizons = {name: steps for name in signature.required if name in HORIZONS}
    return signature.check({**horizons, **component.arguments})


@lru_cache(maxsize=256)
def _find(name: str) -> _Found:
    torch_names, other = _libraries()
    reason = _refusal(name)
    if reason:
        raise ConfigError(f"{SECTION}.name", f"{name} cannot be used: {reason}")
    build = torch_names.get(name) or other.get(name.lower())
    if build is None:
        hint = did_you_mean(name, [*other, *torch_names])
        message = (
            f"no optimizer {name!r}; known are {listed(torch_names)} of torch.optim "
            f"and {len(other)} of pytorch_optimizer{hint}"
        )
        raise ConfigError(f"{SECTION}.name", message)
    return _Found(build, signature_of(SECTION, name, build, _HIDDEN))


@lru_cache(maxsize=1)
def _libraries() -> tuple[dict[str, Any], dict[str, Any]]:
    import torch
    from pytorch_optimizer.optimizer import OPTIMIZERS

    members = vars(torch.optim).items()
    mine = {
        name: member
        for name, member in members
        if isinstance(member, type)
        and issubclass(member, torch.optim.Optimizer)
        and member is not torch.optim.Optimizer
    }
    return mine, dict(OPTIMIZERS)


def _lower(names: Iterable[str]) -> set[str]:
    return {name.lower() for name in names}


def _wrappers(registered: Iterable[str]) -> list[str]:
    """What pytorch_optimizer has beside its register, all of it refused."""
    import pytorch_optimizer

    known = set(registered)
    return [
        name
        for name, member in vars(pytorch_optimizer).items()
        if isinstance(member, type) and name.lower() in REFUSED and name.lower() not in known
    ]


def _refusal(name: str) -> str:
    """Why a config may not give this name; empty where it may."""
    return REFUSED_IN_TORCH.get(name) or REFUSED.get(name.lower(), "")


def _row(name: str, library: str) -> ComponentRow:
    reason = _refusal(name)
    if reason:
        return ComponentRow(name, library, reason=reason)
    found = _find(name)
    twins = [other for other, build in _libraries()[0].items() if build is found.build]
    return ComponentRow(
        name,
        library,
        arguments=shown(found.signature.parameters),
        same_as="".join(twin for twin in twins if twin != name),
        note=NOTES.get(name, ""),
    )
