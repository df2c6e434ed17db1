"""The activation functions that an architecture may name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from torch import nn

Activation = Literal["relu", "gelu", "silu", "elu"]


def module_of(name: Activation) -> nn.Module:
    """The activation as a module of its own."""
    from torch import nn

    classes: dict[Activation, type[nn.Module]] = {
        "relu": nn.ReLU,
        "gelu": nn.GELU,
        "silu": nn.SiLU,
        "elu": nn.ELU,
    }
    return classes[name]()
