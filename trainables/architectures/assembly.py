"""Any architecture as one kind of network: called with `Inputs`, it gives the logits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trainables.architectures.inputs import InputShape

if TYPE_CHECKING:
    from torch import nn

    from trainables.architectures import Architecture


def assemble(architecture: Architecture, shape: InputShape) -> nn.Module:
    """The network for events of a shape. **Shapes** `Inputs` -> [B] logits, or [B, C].

    An architecture of flat features sees each slot of each kind of objects as columns of its own.
    """
    from trainables.architectures.flattened import Flattened

    return Flattened(*architecture.build(shape.n_padded, shape.n_outputs))
