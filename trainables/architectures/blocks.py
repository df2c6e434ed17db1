"""Blocks of a transformer, normalised before each part."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

from trainables.architectures.activation import Activation
from trainables.architectures.attention import Attention
from trainables.architectures.feed_forward import FeedForward
from trainables.architectures.token_norm import NoNorm, SetNorm, TokenNorm


@dataclass(frozen=True)
class BlockSizes:
    """How a block is built."""

    width: int
    heads: int
    dim_head: int
    attn_dropout: float
    ff_mult: int
    ff_dropout: float
    activation: Activation
    use_setnorm: bool = False

    def norm(self) -> nn.Module:
        return SetNorm(self.width) if self.use_setnorm else TokenNorm(self.width)

    def attention(self) -> Attention:
        return Attention(self.width, self.heads, self.dim_head, self.attn_dropout)

    def feed_forward(self) -> FeedForward:
        return FeedForward(self.width, self.ff_mult, self.activation, self.ff_dropout)


class SelfBlock(nn.Module):
    """Tokens listen to each other, then each is worked on alone.

    **Shapes** tokens [B, N, D], mask [B, N], bias [B, H, N, N] -> [B, N, D].
    **Source** Xiong et al., arXiv:2002.04745 (normalisation inside the branch).
    """

    def __init__(self, sizes: BlockSizes, is_normed: bool = True) -> None:
        super().__init__()
        self.norm = sizes.norm() if is_normed else NoNorm()
        self.attention = sizes.attention()
        self.norm_alone, self.feed_forward = sizes.norm(), sizes.feed_forward()

    def forward(
        self, tokens: Tensor, mask: Tensor | None = None, bias: Tensor | None = None
    ) -> Tensor:
        normed = self.norm(tokens, mask)
        tokens = tokens + self.attention(normed, normed, mask, bias)
        change: Tensor = self.feed_forward(self.norm_alone(tokens, mask))
        return tokens + change


class CrossBlock(nn.Module):
    """Some tokens listen to others, then each is worked on alone.

    **Shapes** asking [B, Q, D], told [B, N, D], mask [B, N] of the told -> [B, Q, D].
    """

    def __init__(self, sizes: BlockSizes) -> None:
        super().__init__()
        self.norm_asking, self.norm_told = sizes.norm(), sizes.norm()
        self.attention = sizes.attention()
        self.norm_alone, self.feed_forward = sizes.norm(), sizes.feed_forward()

    def forward(self, asking: Tensor, told: Tensor, mask: Tensor | None = None) -> Tensor:
        heard = self.attention(self.norm_asking(asking), self.norm_told(told, mask), mask)
        asking = asking + heard
        change: Tensor = self.feed_forward(self.norm_alone(asking))
        return asking + change
