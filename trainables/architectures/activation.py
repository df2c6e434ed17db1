"""The activation functions that an architecture may name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from torch import nn

Activation = Literal["relu", "gelu", "silu", "elu", "geglu", "swiglu"]
"""The last two are gates: one half of a layer's units switches the other half."""


def widening(name: Activation) -> int:
    """How many times as many units must go into an activation as come out."""
    return 2 if name in ("geglu", "swiglu") else 1


def module_of(name: Activation) -> nn.Module:
    """The activation as a module of its own."""
    from torch import nn

    from trainables.architectures.gate import Gate

    if name == "geglu":
        return Gate(nn.GELU())
    if name == "swiglu":
        return Gate(nn.SiLU())
    classes: dict[str, type[nn.Module]] = {
        "relu": nn.ReLU,
        "gelu": nn.GELU,
        "silu": nn.SiLU,
        "elu": nn.ELU,
    }
    return classes[name]()
