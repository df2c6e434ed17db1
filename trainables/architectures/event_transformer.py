"""A transformer in which each flat feature and each object is a token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from trainables.architectures.inputs import InputShape
from trainables.architectures.piecewise import Piecewise
from trainables.architectures.transformer_sizes import TransformerSizes

if TYPE_CHECKING:
    from torch import nn


class EventTransformer(TransformerSizes):
    """Tokens of an event listen to each other; one of them, or their mean, gives the logits.

    It works on flat features, on objects or on both, which need no other fusion.

    **Source** Gorishniy et al., arXiv:2106.11959 (FT-Transformer).
    """

    name: Literal["event_transformer"] = "event_transformer"
    embedding_dim: int = Field(default=32, ge=1, le=4096)
    """Numbers in a token."""
    transformer_depth: int = Field(default=6, ge=1, le=64)
    """Blocks of attention and layers."""
    attn_dropout: float = Field(default=0.1, ge=0.0, lt=1.0)
    """Share of the attention that is switched off in training."""
    ff_dropout: float = Field(default=0.1, ge=0.0, lt=1.0)
    """Share of the units between attentions that are switched off in training."""
    use_cls_token: bool = True
    """Read the event from a token of its own; else from the mean of all."""
    first_norm: bool = True
    """Normalise the tokens before the first attention too, which the paper does not."""
    piecewise: Piecewise | None = None
    """Cut each flat feature into bins; null: one number each."""

    def build_sets(self, shape: InputShape) -> nn.Module:
        """The network. **Shapes** `Inputs` -> [B] logits, or [B, C]."""
        from trainables.architectures.event_transformer_network import EventTransformerNetwork

        return EventTransformerNetwork(self, shape)
