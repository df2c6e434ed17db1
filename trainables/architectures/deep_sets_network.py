"""The modules of `DeepSets`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor, nn

from trainables.architectures.activation import module_of, widening
from trainables.architectures.dense import perceptron
from trainables.architectures.head import head
from trainables.architectures.inputs import Inputs, InputShape
from trainables.architectures.masked_batch_norm import MaskedBatchNorm
from trainables.architectures.object_tokens import ObjectTokens
from trainables.architectures.pooling import Pool

if TYPE_CHECKING:
    from trainables.architectures.deep_sets import DeepSets


class DeepSetsNetwork(nn.Module):
    """**Shapes** `Inputs` -> [B] logits, or [B, C]."""

    def __init__(self, config: DeepSets, shape: InputShape) -> None:
        super().__init__()
        width = config.embedding_dim
        self.tokens = ObjectTokens(shape.objects, width)
        self.encoder = nn.ModuleList(ObjectLayer(config) for _ in range(config.encoder_layers))
        self.pool = Pool(config.pooling)
        self.fuse = config.flat_fuse.build(shape.n_flat, width, config.activation)
        decoder = perceptron(
            width,
            [width] * config.decoder_layers,
            config.activation,
            batchnorm=config.batchnorm,
            dropout=config.dropout,
        )
        self.decoder = nn.Sequential(*decoder, *head(width, shape.n_outputs))

    def forward(self, inputs: Inputs) -> Tensor:
        tokens, mask, _ = self.tokens(inputs)
        for layer in self.encoder:
            tokens = layer(tokens, mask)
        logits: Tensor = self.decoder(self.fuse(self.pool(tokens, mask), inputs.flat))
        return logits


class ObjectLayer(nn.Module):
    """A layer of the encoder. **Shapes** tokens [B, N, D], mask [B, N] -> [B, N, D]."""

    def __init__(self, config: DeepSets) -> None:
        super().__init__()
        units = config.embedding_dim * widening(config.activation)
        self.layer = nn.Linear(config.embedding_dim, units)
        self.norm = MaskedBatchNorm(units) if config.batchnorm else None
        self.activation = module_of(config.activation)
        self.dropout = nn.Dropout(config.dropout) if config.dropout > 0 else nn.Identity()

    def forward(self, tokens: Tensor, mask: Tensor) -> Tensor:
        units = self.layer(tokens)
        if self.norm is not None:
            units = self.norm(units, mask)
        encoded: Tensor = self.dropout(self.activation(units))
        return encoded
