"""The modules of `EventTransformer`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from trainables.architectures.blocks import SelfBlock
from trainables.architectures.flat_tokens import FlatTokens
from trainables.architectures.head import head
from trainables.architectures.inputs import Inputs, InputShape
from trainables.architectures.learned_tokens import LearnedTokens
from trainables.architectures.object_tokens import ObjectTokens
from trainables.architectures.pooling import Pool
from trainables.architectures.token_norm import TokenNorm

if TYPE_CHECKING:
    from trainables.architectures.event_transformer import EventTransformer


class EventTransformerNetwork(nn.Module):
    """**Shapes** `Inputs` -> [B] logits, or [B, C]."""

    def __init__(self, config: EventTransformer, shape: InputShape) -> None:
        super().__init__()
        width = config.embedding_dim
        self.flat = _flat(config, shape.n_flat) if shape.n_flat else None
        self.objects = ObjectTokens(shape.objects, width) if shape.objects else None
        self.cls = LearnedTokens(1, width) if config.use_cls_token else None
        sizes = config.block_sizes()
        self.blocks = nn.ModuleList(
            SelfBlock(sizes, is_normed=config.first_norm or number > 0)
            for number in range(config.transformer_depth)
        )
        self.pool = Pool("mean")
        self.norm = TokenNorm(width)
        self.head = nn.Sequential(*head(width, shape.n_outputs))

    def forward(self, inputs: Inputs) -> Tensor:
        tokens, mask = self._tokens(inputs)
        for block in self.blocks:
            tokens = block(tokens, mask)
        event = tokens[:, 0] if self.cls is not None else self.pool(tokens, mask)
        logits: Tensor = self.head(self.norm(event))
        return logits

    def _tokens(self, inputs: Inputs) -> tuple[Tensor, Tensor]:
        """All tokens of the events, the learned one first."""
        parts: list[tuple[Tensor, Tensor]] = []
        if self.cls is not None:
            parts.append(_present(self.cls(len(inputs.flat))))
        if self.flat is not None:
            parts.append(_present(self.flat(inputs.flat)))
        if self.objects is not None:
            values, mask, _ = self.objects(inputs)
            parts.append((values, mask))
        tokens, masks = zip(*parts, strict=True)
        return torch.cat(tokens, dim=1), torch.cat(masks, dim=1)


def _flat(config: EventTransformer, n_flat: int) -> nn.Module:
    if config.piecewise is None:
        return FlatTokens(n_flat, config.embedding_dim)
    encoding = config.piecewise.build(n_flat)
    return nn.Sequential(encoding, FlatTokens(n_flat, config.embedding_dim, config.piecewise.bins))


def _present(tokens: Tensor) -> tuple[Tensor, Tensor]:
    return tokens, tokens.new_ones(tokens.shape[:2], dtype=torch.bool)
