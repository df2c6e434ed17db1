"""The modules of `ParticleTransformer`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from trainables.architectures.blocks import CrossBlock, SelfBlock
from trainables.architectures.head import head
from trainables.architectures.inputs import Inputs, InputShape
from trainables.architectures.learned_tokens import LearnedTokens
from trainables.architectures.object_tokens import ObjectTokens, in_order
from trainables.architectures.pair_bias import PairBias

if TYPE_CHECKING:
    from trainables.architectures.particle_transformer import ParticleTransformer


class ParticleTransformerNetwork(nn.Module):
    """**Shapes** `Inputs` -> [B] logits, or [B, C]."""

    def __init__(self, config: ParticleTransformer, shape: InputShape) -> None:
        super().__init__()
        sizes, pair = config.block_sizes(), config.particle_attention
        self.kinds = [kind.name for kind in shape.objects]
        self.tokens = ObjectTokens(shape.objects, sizes.width)
        self.bias = PairBias(
            list(pair.quantities), pair.embedding_layers, pair.embedding_dim, sizes.heads
        )
        self.particle_blocks = nn.ModuleList(
            SelfBlock(sizes) for _ in range(config.particle_blocks)
        )
        self.event = LearnedTokens(1, sizes.width)
        self.class_blocks = nn.ModuleList(CrossBlock(sizes) for _ in range(config.class_blocks))
        self.norm = nn.LayerNorm(sizes.width)
        self.fuse = config.flat_fuse.build(shape.n_flat, sizes.width, config.activation)
        self.head = nn.Sequential(*head(sizes.width, shape.n_outputs))

    def forward(self, inputs: Inputs) -> Tensor:
        tokens, mask, order = self.tokens(inputs)
        momenta = torch.cat([inputs.momenta[kind] for kind in self.kinds], dim=1)
        bias = self.bias(in_order(momenta, order), mask)
        for block in self.particle_blocks:
            tokens = block(tokens, mask, bias)
        event = self.event(len(mask))
        # The event's token listens to itself too, so that it is never alone.
        everyone = torch.cat([mask.new_ones(len(mask), 1), mask], dim=1)
        for block in self.class_blocks:
            event = block(event, torch.cat([event, tokens], dim=1), everyone)
        logits: Tensor = self.head(self.fuse(self.norm(event[:, 0]), inputs.flat))
        return logits
