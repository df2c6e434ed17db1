"""Finds a loss by its name, with the arguments that a config may give to it."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from trainables.components.loss_table import OURS, PYTORCH_OPTIMIZER, REFUSED, TORCH, Known
from trainables.components.signature import Signature, signature_of
from trainables.contract import ConfigError
from trainables.nearest import did_you_mean, listed

SECTION = "loss"

_HIDDEN = frozenset(
    {"reduction", "reduce", "size_average", "weight", "ignore_index", "classes", "from_logits"}
)
_AS_TENSOR = frozenset({"pos_weight"})
"""Arguments that the library wants as a tensor and a config gives as a number."""


@dataclass(frozen=True)
class FoundLoss:
    """A loss, the tasks that it serves and what a config may give to it."""

    build: Any
    known: Known
    signature: Signature


def known_losses() -> dict[str, Known]:
    """Every loss that a config may name, with the tasks that it serves."""
    return {**TORCH, **PYTORCH_OPTIMIZER, **{name: known for name, (_, known) in OURS.items()}}


@lru_cache(maxsize=128)
def find(name: str) -> FoundLoss:
    """The loss of a name. **Raises** ConfigError if there is none, or none that can be used."""
    if name.lower() in REFUSED:
        raise ConfigError(f"{SECTION}.name", f"{name} cannot be used: {REFUSED[name.lower()]}")
    build, known = _look_up(name)
    decided = [
        argument
        for fed in (known.binary, known.multiclass)
        if fed is not None
        for argument in (*fed.fixed, *fed.facts)
    ]
    signature = signature_of(SECTION, name, build, _HIDDEN | frozenset(decided))
    return FoundLoss(build, known, _with_numbers(signature, build))


def tensors(named: dict[str, Any]) -> dict[str, Any]:
    """The arguments as the library wants them: tensors where a config gives numbers."""
    import torch

    given = {name: value for name, value in named.items() if name in _AS_TENSOR}
    return named | {
        name: None if value is None else torch.tensor(float(value)) for name, value in given.items()
    }


def _look_up(name: str) -> tuple[Any, Known]:
    import torch
    from pytorch_optimizer.loss import LOSS_FUNCTIONS

    if name in TORCH:
        return getattr(torch.nn, name), TORCH[name]
    if name.lower() in PYTORCH_OPTIMIZER:
        return LOSS_FUNCTIONS[name.lower()], PYTORCH_OPTIMIZER[name.lower()]
    if name in OURS:
        return OURS[name]
    known = known_losses()
    hint = did_you_mean(name, known)
    raise ConfigError(f"{SECTION}.name", f"no loss {name!r}; known are {listed(known)}{hint}")


def _with_numbers(signature: Signature, build: Any) -> Signature:
    """Bring back the tensor arguments that a number stands for."""
    known = inspect.signature(build.__init__).parameters
    extra = {name: known[name] for name in _AS_TENSOR if name in known}
    hints = {**signature.hints, **dict.fromkeys(extra, float | None)}
    return Signature(SECTION, signature.name, {**signature.parameters, **extra}, hints)
