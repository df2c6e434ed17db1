"""A transformer whose attention knows what two particles have to do with each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field, field_validator, model_validator

from trainables.architectures.activation import Activation
from trainables.architectures.flat_fuse import FlatFuse
from trainables.architectures.inputs import InputShape
from trainables.architectures.transformer_sizes import TransformerSizes
from trainables.contract import ConfigError, Frozen

if TYPE_CHECKING:
    from torch import nn

Quantity = Literal["delta_r", "kt", "z", "m2"]


class ParticleAttention(Frozen):
    """The network on pairs of particles that adds to the attention between them."""

    embedding_layers: int = Field(default=2, ge=1, le=16)
    """Hidden layers."""
    embedding_dim: int = Field(default=48, ge=1, le=1024)
    """Units in each of them."""
    quantities: list[Quantity] = Field(default=["delta_r", "kt", "z", "m2"], min_length=1)
    """What is known of a pair: distance, relative pt, share of pt, squared mass."""

    @field_validator("quantities")
    @classmethod
    def _each_once(cls, given: list[Quantity]) -> list[Quantity]:
        if len(set(given)) < len(given):
            raise ValueError(f"{given} names a quantity twice")
        return given


class ParticleTransformer(TransformerSizes):
    """Particles listen to each other with regard to their pairs, then a token of its own to them.

    **Source** Qu et al., arXiv:2202.03772, with the plain blocks of `SelfBlock`.
    """

    name: Literal["particle_transformer"] = "particle_transformer"
    particle_blocks: int = Field(default=3, ge=1, le=32)
    """Blocks of attention among the particles."""
    class_blocks: int = Field(default=2, ge=1, le=32)
    """Blocks in which the event's token listens to the particles."""
    activation: Activation = "gelu"
    """Function of the units between attentions."""
    particle_attention: ParticleAttention = ParticleAttention()
    """What pairs of particles add to the attention."""
    flat_fuse: FlatFuse = FlatFuse()
    """How the flat features join the particles."""

    @model_validator(mode="after")
    def _heads_divide(self) -> ParticleTransformer:
        self.flat_fuse.check(self.embedding_dim, "architecture.embedding_dim")
        return self

    def build_sets(self, shape: InputShape) -> nn.Module:
        """The network. **Shapes** `Inputs` -> [B] logits, or [B, C].

        **Raises** ConfigError if a kind of objects has no momenta.
        """
        from trainables.architectures.particle_transformer_network import ParticleTransformerNetwork

        for kind in shape.objects:
            if not kind.has_momenta:
                message = (
                    f"{self.name} looks at pairs of objects, but the momenta of {kind.name} are "
                    "not known; name their columns by pt, eta, phi and energy"
                )
                raise ConfigError(f"data.objects.{kind.name}", message)
        return ParticleTransformerNetwork(self, shape)
