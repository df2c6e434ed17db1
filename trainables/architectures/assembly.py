"""Any architecture as one kind of network: called with `Inputs`, it gives the logits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trainables.architectures import Architecture, EventTransformer, Mlp, ResNet
from trainables.architectures.inputs import InputShape
from trainables.contract import ConfigError
from trainables.nearest import listed

if TYPE_CHECKING:
    from torch import nn


def assemble(architecture: Architecture, shape: InputShape) -> nn.Module:
    """The network for events of a shape. **Shapes** `Inputs` -> [B] logits, or [B, C].

    An architecture of flat features sees each slot of each kind of objects as columns of its own.

    **Raises** ConfigError if it works on objects and the data has none.
    """
    if isinstance(architecture, Mlp | ResNet):
        from trainables.architectures.flattened import Flattened

        return Flattened(*architecture.build(shape.n_padded, shape.n_outputs))
    if not shape.objects and not isinstance(architecture, EventTransformer):
        flat = listed(one().name for one in (Mlp, ResNet, EventTransformer))
        message = (
            f"architecture {architecture.name} works on the objects of an event, and there are "
            f"none; name the list columns of the table here, or use one of {flat}"
        )
        raise ConfigError("data.objects", message)
    return architecture.build_sets(shape)
