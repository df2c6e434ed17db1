"""Losses by name, behind one adapter: logits and labels in, a weighted mean out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from trainables.components.component import Component
from trainables.components.listing import ComponentRow, by_letter, shown
from trainables.components.loss_lookup import SECTION, find, known_losses, tensors
from trainables.components.loss_table import OURS, REFUSED, Fed, Known
from trainables.components.signature import construct
from trainables.contract import ConfigError
from trainables.nearest import listed

if TYPE_CHECKING:
    from trainables.components.adapted_loss import AdaptedLoss


@dataclass(frozen=True)
class LossTask:
    """What a loss is built for."""

    n_classes: int = 2
    weighted: bool = False
    """Whether the samples have weights."""
    class_counts: tuple[float, ...] | None = None
    """Training rows of each class; None where there is no data, which takes them as equal."""
    class_weights: tuple[float, ...] | None = None
    """What the weights of the samples of each class are multiplied by."""


@dataclass(frozen=True)
class LossRow:
    """A loss of the table: the component itself, and how it is fed in the tasks that it serves."""

    row: ComponentRow
    known: Known


def names(n_classes: int | None = None) -> list[str]:
    """Every loss that a config may name, or those for so many classes."""
    known = known_losses()
    if n_classes is None:
        return list(known)
    return [name for name, entry in known.items() if _fed(entry, n_classes) is not None]


def arguments(name: str) -> frozenset[str] | None:
    """The arguments of a loss; None if it is not known."""
    try:
        return frozenset(find(name).signature.parameters)
    except ConfigError:
        return None


def table() -> tuple[LossRow, ...]:
    """Every loss of the libraries and of ours as a config would name it, usable or refused."""
    import torch
    from pytorch_optimizer.loss import LOSS_FUNCTIONS

    in_torch = [name for name in vars(torch.nn) if name.endswith(("Loss", "WithLoss"))]
    libraries = {"torch.nn": in_torch, "pytorch_optimizer": LOSS_FUNCTIONS, "tune-run": OURS}
    return tuple(
        _row(name, library) for library, those in libraries.items() for name in by_letter(those)
    )


def build(
    component: Component,
    weighted: bool = False,
    n_classes: int = 2,
    class_counts: Sequence[float] | None = None,
    class_weights: Sequence[float] | None = None,
) -> AdaptedLoss:
    """The loss of a component for a task; see `LossTask` for what the arguments say.

    **Raises** ConfigError with the key of the name or argument that is refused.
    """
    from trainables.components.adapted_loss import AdaptedLoss

    task = LossTask(n_classes, weighted, _fixed(class_counts), _fixed(class_weights))
    found = find(component.name)
    fed = _serving(component.name, found.known, task)
    _check_weights(component.name, fed, task)
    named = found.signature.check(component.arguments) | dict(fed.fixed) | _facts(fed, task)
    if fed.per_sample:
        named["reduction"] = "none"
    inner = construct(SECTION, component.name, found.build, **tensors(named))
    return AdaptedLoss(inner, fed, task.class_weights)


def _fixed(values: Sequence[float] | None) -> tuple[float, ...] | None:
    return None if values is None else tuple(float(value) for value in values)


def _serving(name: str, known: Known, task: LossTask) -> Fed:
    fed = _fed(known, task.n_classes)
    if fed is not None:
        return fed
    served = "two classes" if known.multiclass is None else "more than two classes"
    message = f"{name} is for {served}, and the data has {task.n_classes}; use {known.instead}"
    raise ConfigError(f"{SECTION}.name", message)


def _fed(known: Known, n_classes: int) -> Fed | None:
    return known.binary if n_classes == 2 else known.multiclass


def _check_weights(name: str, fed: Fed, task: LossTask) -> None:
    """Refuse weights of samples, or of their classes, where there is no value a sample."""
    given = {"data.weight": task.weighted, "data.class_weights": task.class_weights is not None}
    dead = " and ".join(f"`{key}`" for key, is_given in given.items() if is_given)
    if dead and not fed.per_sample:
        message = (
            f"{name} has no value a sample, so {dead} cannot act; "
            f"leave {dead} out or use one of {listed(_weightable(task.n_classes))}"
        )
        raise ConfigError(f"{SECTION}.name", message)


def _weightable(n_classes: int) -> list[str]:
    fed = {name: _fed(entry, n_classes) for name, entry in known_losses().items()}
    return [name for name, one in fed.items() if one is not None and one.per_sample]


def _facts(fed: Fed, task: LossTask) -> dict[str, Any]:
    equal = (1.0,) * task.n_classes
    facts = {"n_classes": task.n_classes, "class_counts": list(task.class_counts or equal)}
    return {argument: facts[fact] for argument, fact in fed.facts.items()}


def _row(name: str, library: str) -> LossRow:
    try:
        found = find(name)
    except ConfigError:
        return LossRow(ComponentRow(name, library, reason=REFUSED[name.lower()]), Known())
    row = ComponentRow(
        name, library, arguments=shown(found.signature.parameters), note=found.known.note
    )
    return LossRow(row, found.known)
