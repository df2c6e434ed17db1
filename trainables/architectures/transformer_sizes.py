"""The options that all transformers share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field, model_validator

from trainables.architectures.activation import Activation
from trainables.contract import Frozen

if TYPE_CHECKING:
    from trainables.architectures.blocks import BlockSizes


class TransformerSizes(Frozen):
    """Sizes of attention and of the layers between."""

    embedding_dim: int = Field(default=64, ge=1, le=4096)
    """Numbers in a token."""
    heads: int = Field(default=8, ge=1, le=64)
    """Attentions side by side."""
    dim_head: int | None = Field(default=16, ge=1, le=1024)
    """Numbers that a head compares tokens by; null: embedding_dim / heads."""
    attn_dropout: float = Field(default=0.0, ge=0.0, lt=1.0)
    """Share of the attention that is switched off in training."""
    ff_hidden_mult: int = Field(default=4, ge=1, le=16)
    """Units between two attentions, in widths of a token."""
    ff_dropout: float = Field(default=0.0, ge=0.0, lt=1.0)
    """Share of those units that are switched off in training."""
    activation: Activation = "geglu"
    """Function of those units."""

    @model_validator(mode="after")
    def _whole_heads(self) -> TransformerSizes:
        if self.dim_head is None and self.embedding_dim % self.heads:
            raise ValueError(
                f"architecture.heads={self.heads} does not divide "
                f"architecture.embedding_dim={self.embedding_dim}; in a space write the "
                "constraint architecture.embedding_dim % architecture.heads == 0, or give "
                "architecture.dim_head"
            )
        return self

    def block_sizes(self, use_setnorm: bool = False) -> BlockSizes:
        """The same for whoever builds a block."""
        from trainables.architectures.blocks import BlockSizes

        return BlockSizes(
            width=self.embedding_dim,
            heads=self.heads,
            dim_head=self.dim_head or self.embedding_dim // self.heads,
            attn_dropout=self.attn_dropout,
            ff_mult=self.ff_hidden_mult,
            ff_dropout=self.ff_dropout,
            activation=self.activation,
            use_setnorm=use_setnorm,
        )
