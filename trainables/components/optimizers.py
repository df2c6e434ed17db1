"""Optimizers by name: torch.optim exactly as written, then pytorch_optimizer in any case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from trainables.components.component import Component
from trainables.components.signature import Signature, construct, signature_of
from trainables.contract import ConfigError
from trainables.nearest import did_you_mean, listed

if TYPE_CHECKING:
    from torch.nn import Parameter
    from torch.optim import Optimizer

SECTION = "optimizer"

_NEEDS_GROUPS = "it must be told which weights are hidden matrices, which a config cannot say"
_NEEDS_MODEL = "it takes the whole model in place of its parameters"
_NEEDS_CURVATURE = "it needs gradients of gradients (backward with create_graph=True)"
_NON_COMMERCIAL = "its licence is CC BY-NC-SA 4.0, which forbids commercial use"
_UNSAFE_STATE = "its state holds Python objects, which a checkpoint that is safe to load cannot"
_TWO_STEPS = "it takes two gradients at two places for each step, and a trial takes one"
_MANY_LOSSES = "it weighs the gradients of several losses against each other, and there is one"
_WRAPS = "it wraps another optimizer, whose learning rate a config could not reach"
_ONLY_2D = "it takes matrices only, and every network here has biases"

REFUSED = {
    "adago": _NEEDS_GROUPS,
    "adahessian": _NEEDS_CURVATURE,
    "adalomo": _NEEDS_MODEL,
    "adammini": _NEEDS_MODEL,
    "adamuon": _NEEDS_GROUPS,
    "adashift": _UNSAFE_STATE,
    "bsam": "after a restart it goes on differently than without one",
    "conda": _UNSAFE_STATE,
    "demo": "it needs a process group and the package einops",
    "distributedmuon": _NEEDS_GROUPS,
    "friendlysam": _TWO_STEPS,
    "fromage": _NON_COMMERCIAL,
    "gsam": _TWO_STEPS,
    "lomo": _NEEDS_MODEL,
    "lookahead": f"{_WRAPS}; ranger has it built in",
    "looksam": _TWO_STEPS,
    "magma": _WRAPS,
    "muon": _NEEDS_GROUPS,
    "muonclip": _NEEDS_GROUPS,
    "nero": _NON_COMMERCIAL,
    "normuon": _NEEDS_GROUPS,
    "orthograd": _WRAPS,
    "pcgrad": _MANY_LOSSES,
    "rotograd": _MANY_LOSSES,
    "safefp16optimizer": f"{_WRAPS}; half precision is trainer.precision: 16-mixed",
    "sam": _TWO_STEPS,
    "scalableshampoo": _UNSAFE_STATE,
    "schedulefreewrapper": f"{_WRAPS}; name schedulefreeadamw, -radam or -sgd itself",
    "scion": _UNSAFE_STATE,
    "scionlight": _UNSAFE_STATE,
    "sophiah": _NEEDS_CURVATURE,
    "sparseadam": "it takes sparse gradients only, which no network here has",
    "spectralsphere": _ONLY_2D,
    "trac": _WRAPS,
    "wsam": _TWO_STEPS,
}
"""Known to the libraries but not usable here, in lower case, with the reason."""

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
    known = [*torch_names, *(name for name in other if name not in _lower(torch_names))]
    return [name for name in known if name.lower() not in REFUSED]


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
        SECTION, component.name, found.build, list(parameters), **named
    )
    return optimizer


def _checked(signature: Signature, component: Component, steps: int) -> dict[str, Any]:
    horizons = {name: steps for name in signature.required if name in HORIZONS}
    return signature.check({**horizons, **component.arguments})


@lru_cache(maxsize=256)
def _find(name: str) -> _Found:
    torch_names, other = _libraries()
    if name.lower() in REFUSED:
        raise ConfigError(f"{SECTION}.name", f"{name} cannot be used: {REFUSED[name.lower()]}")
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
