"""A network that works on each object alone and then on their sum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field, model_validator

from trainables.architectures.activation import Activation
from trainables.architectures.flat_fuse import FlatFuse
from trainables.architectures.inputs import InputShape
from trainables.contract import Frozen

if TYPE_CHECKING:
    from torch import nn


class DeepSets(Frozen):
    """Every object is encoded by the same layers; what they add up to is decoded to the logits.

    **Source** Zaheer et al., arXiv:1703.06114.
    """

    name: Literal["deep_sets"] = "deep_sets"
    embedding_dim: int = Field(default=128, ge=1, le=4096)
    """Units in each layer."""
    encoder_layers: int = Field(default=5, ge=1, le=32)
    """Layers that each object goes through."""
    decoder_layers: int = Field(default=5, ge=1, le=32)
    """Layers that the event goes through."""
    pooling: Literal["mean", "sum", "max"] = "sum"
    """How the objects of an event become one vector."""
    activation: Activation = "relu"
    """Function after each layer."""
    batchnorm: bool = True
    """Normalise over the batch, of objects over those that are there, before each activation."""
    dropout: float = Field(default=0.0, ge=0.0, lt=1.0)
    """Share of the units that are switched off in training."""
    flat_fuse: FlatFuse = FlatFuse()
    """How the flat features join the objects."""

    @model_validator(mode="after")
    def _heads_divide(self) -> DeepSets:
        self.flat_fuse.check(self.embedding_dim, "architecture.embedding_dim")
        return self

    def build_sets(self, shape: InputShape) -> nn.Module:
        """The network. **Shapes** `Inputs` -> [B] logits, or [B, C]."""
        from trainables.architectures.deep_sets_network import DeepSetsNetwork

        return DeepSetsNetwork(self, shape)
