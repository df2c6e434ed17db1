"""A transformer of sets, which asks the objects by learned seeds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field, model_validator

from trainables.architectures.activation import Activation
from trainables.architectures.flat_fuse import FlatFuse
from trainables.architectures.inputs import InputShape
from trainables.architectures.transformer_sizes import TransformerSizes
from trainables.contract import Frozen

if TYPE_CHECKING:
    from torch import nn


class SetPredictor(Frozen):
    """What makes logits of the seeds' answers."""

    depth: int = Field(default=1, ge=0, le=32)
    """Hidden layers."""
    mean_pooling: bool = False
    """Take the mean over the seeds; else put their answers side by side."""
    activation: Activation = "relu"
    """Function after each hidden layer."""


class SetTransformer(TransformerSizes):
    """Objects listen to each other, seeds ask them, and the seeds' answers give the logits.

    Attention takes means, so it does not see how many objects there are: that is best given as a
    flat feature.

    **Source** Lee et al., arXiv:1810.00825.
    """

    name: Literal["set_transformer"] = "set_transformer"
    seed_strategy: Literal["pooling", "particles", "objects"] = "pooling"
    """How many seeds ask: one; as many as an event has slots; or one for each kind of objects."""
    encoder_depth: int = Field(default=2, ge=1, le=32)
    """Blocks of attention among the objects."""
    decoder_depth: int = Field(default=2, ge=0, le=32)
    """Blocks of attention among the seeds, if there is more than one."""
    use_setnorm: bool = True
    """Normalise all objects of an event together; else each alone."""
    set_predictor: SetPredictor = SetPredictor()
    """What makes logits of the seeds' answers."""
    flat_fuse: FlatFuse = FlatFuse()
    """How the flat features join the objects."""

    @model_validator(mode="after")
    def _heads_divide(self) -> SetTransformer:
        self.flat_fuse.check(self.embedding_dim, "architecture.embedding_dim")
        return self

    def n_seeds(self, shape: InputShape) -> int:
        """How many seeds ask the objects of such events."""
        counts = {
            "pooling": 1,
            "particles": sum(kind.slots for kind in shape.objects),
            "objects": len(shape.objects),
        }
        return counts[self.seed_strategy]

    def build_sets(self, shape: InputShape) -> nn.Module:
        """The network. **Shapes** `Inputs` -> [B] logits, or [B, C]."""
        from trainables.architectures.set_transformer_network import SetTransformerNetwork

        return SetTransformerNetwork(self, shape)
