"""The modules of `SetTransformer`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor, nn

from trainables.architectures.blocks import CrossBlock, SelfBlock
from trainables.architectures.dense import perceptron
from trainables.architectures.head import head
from trainables.architectures.inputs import Inputs, InputShape
from trainables.architectures.learned_tokens import LearnedTokens
from trainables.architectures.object_tokens import ObjectTokens

if TYPE_CHECKING:
    from trainables.architectures.set_transformer import SetTransformer


class SetTransformerNetwork(nn.Module):
    """**Shapes** `Inputs` -> [B] logits, or [B, C]."""

    def __init__(self, config: SetTransformer, shape: InputShape) -> None:
        super().__init__()
        sizes, n_seeds = config.block_sizes(config.use_setnorm), config.n_seeds(shape)
        self.tokens = ObjectTokens(shape.objects, sizes.width)
        self.encoder = nn.ModuleList(SelfBlock(sizes) for _ in range(config.encoder_depth))
        self.seeds = LearnedTokens(n_seeds, sizes.width)
        self.ask = CrossBlock(sizes)
        n_decoder = config.decoder_depth if n_seeds > 1 else 0
        self.decoder = nn.ModuleList(SelfBlock(sizes) for _ in range(n_decoder))
        self.is_mean = config.set_predictor.mean_pooling and n_seeds > 1
        n_answers = 1 if self.is_mean else n_seeds
        self.norm = nn.LayerNorm(sizes.width)
        joined = n_answers * sizes.width
        predictor = config.set_predictor
        self.fuse = config.flat_fuse.build(shape.n_flat, joined, predictor.activation)
        hidden = perceptron(joined, [sizes.width] * predictor.depth, predictor.activation)
        n_last = sizes.width if predictor.depth else joined
        self.predictor = nn.Sequential(*hidden, *head(n_last, shape.n_outputs))

    def forward(self, inputs: Inputs) -> Tensor:
        tokens, mask, _ = self.tokens(inputs)
        for block in self.encoder:
            tokens = block(tokens, mask)
        answers = self.ask(self.seeds(len(mask)), tokens, mask)
        for block in self.decoder:
            answers = block(answers)
        answers = self.norm(answers)
        event = answers.mean(dim=1) if self.is_mean else answers.flatten(1)
        logits: Tensor = self.predictor(self.fuse(event, inputs.flat))
        return logits

    def extra_repr(self) -> str:
        return f"is_mean={self.is_mean}"
