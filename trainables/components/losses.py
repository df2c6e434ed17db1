"""Losses by name, behind one adapter: logits [B] and labels [B] in, a weighted mean out."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from trainables.components.component import Component
from trainables.components.loss_table import OURS, PYTORCH_OPTIMIZER, REFUSED, TORCH, Fed
from trainables.components.signature import Signature, construct, signature_of
from trainables.contract import ConfigError
from trainables.nearest import did_you_mean, listed

if TYPE_CHECKING:
    from trainables.components.binary_loss import BinaryLoss

SECTION = "loss"

_HIDDEN = frozenset(
    {"reduction", "reduce", "size_average", "weight", "ignore_index", "classes", "from_logits"}
)
_AS_TENSOR = frozenset({"pos_weight"})
"""Arguments that the library wants as a tensor and a config gives as a number."""


@dataclass(frozen=True)
class _Found:
    build: Any
    fed: Fed
    signature: Signature


def names() -> list[str]:
    """Every loss that a config may name."""
    return [*TORCH, *PYTORCH_OPTIMIZER, *OURS]


def arguments(name: str) -> frozenset[str] | None:
    """The arguments of a loss; None if it is not known."""
    try:
        return frozenset(_find(name).signature.parameters)
    except ConfigError:
        return None


def build(component: Component, weighted: bool = False) -> BinaryLoss:
    """The loss of a component; `weighted` says that the samples have weights.

    **Raises** ConfigError with the key of the name or argument that is refused.
    """
    from trainables.components.binary_loss import BinaryLoss

    found = _find(component.name)
    if weighted and not found.fed.per_sample:
        message = (
            f"{component.name} has no value a sample, so `data.weight` cannot act; "
            f"leave `data.weight` out or use one of {listed(_weightable())}"
        )
        raise ConfigError(f"{SECTION}.name", message)
    named = found.signature.check(component.arguments) | dict(found.fed.fixed)
    if found.fed.per_sample:
        named["reduction"] = "none"
    inner = construct(SECTION, component.name, found.build, **_tensors(named))
    return BinaryLoss(inner, found.fed)


def _weightable() -> list[str]:
    ours = {name: fed for name, (_, fed) in OURS.items()}
    known = {**TORCH, **PYTORCH_OPTIMIZER, **ours}
    return [name for name, fed in known.items() if fed.per_sample]


def _tensors(named: dict[str, Any]) -> dict[str, Any]:
    import torch

    given = {name: value for name, value in named.items() if name in _AS_TENSOR}
    return named | {
        name: None if value is None else torch.tensor(float(value)) for name, value in given.items()
    }


@lru_cache(maxsize=128)
def _find(name: str) -> _Found:
    if name.lower() in REFUSED:
        raise ConfigError(f"{SECTION}.name", f"{name} cannot be used: {REFUSED[name.lower()]}")
    build, fed = _look_up(name)
    hidden = _HIDDEN | frozenset(fed.fixed)
    signature = signature_of(SECTION, name, build, hidden)
    return _Found(build, fed, _with_numbers(signature, build))


def _look_up(name: str) -> tuple[Any, Fed]:
    import torch
    from pytorch_optimizer.loss import LOSS_FUNCTIONS

    if name in TORCH:
        return getattr(torch.nn, name), TORCH[name]
    if name.lower() in PYTORCH_OPTIMIZER:
        return LOSS_FUNCTIONS[name.lower()], PYTORCH_OPTIMIZER[name.lower()]
    if name in OURS:
        return OURS[name]
    hint = did_you_mean(name, names())
    raise ConfigError(f"{SECTION}.name", f"no loss {name!r}; known are {listed(names())}{hint}")


def _with_numbers(signature: Signature, build: Any) -> Signature:
    """Bring back the tensor arguments that a number stands for."""
    known = inspect.signature(build.__init__).parameters
    extra = {name: known[name] for name in _AS_TENSOR if name in known}
    hints = {**signature.hints, **dict.fromkeys(extra, float | None)}
    return Signature(SECTION, signature.name, {**signature.parameters, **extra}, hints)
