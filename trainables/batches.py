"""Batches cut straight out of tensors: no workers, no collating, the same order after a resume."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

Batch = tuple[Tensor, Tensor, Tensor]
"""**Shapes** features [B, F], labels [B], weights [B] (1 where the data has none)."""


@dataclass(frozen=True)
class Shard:
    """Which share of the rows this process trains on."""

    rank: int = 0
    world: int = 1


class TensorBatches:
    """The rows of a training epoch in a fresh order, cut into nearly equal batches.

    The order follows from the seed and the epoch alone. Every rank gets the same number of batches,
    so that none waits for another. Batches differ by at most one row, so that no tiny last batch
    upsets batch normalisation.
    """

    def __init__(self, rows: Batch, batch_size: int, seed: int, shard: Shard = Shard()) -> None:
        self._rows = rows
        self._batch_size = batch_size
        self._seed = seed
        self._shard = shard
        self._epoch = 0
        self._n_rows = len(rows[0]) // shard.world

    def __len__(self) -> int:
        return max(1, -(-self._n_rows // self._batch_size))

    def set_epoch(self, epoch: int) -> None:
        """Choose the order; takes effect where the next epoch's first batch is drawn."""
        self._epoch = epoch

    def __iter__(self) -> Iterator[Batch]:
        state = np.random.SeedSequence([self._seed, self._epoch]).generate_state(1)[0]
        generator = torch.Generator().manual_seed(int(state))
        order = torch.randperm(len(self._rows[0]), generator=generator)
        mine = order[self._shard.rank :: self._shard.world][: self._n_rows]
        for chosen in torch.tensor_split(mine, len(self)):
            features, labels, weights = self._rows
            yield features[chosen], labels[chosen], weights[chosen]


class FixedBatches:
    """Rows in their own order, for validation: every rank sees all of them."""

    def __init__(self, rows: Batch, batch_size: int) -> None:
        self._rows = rows
        self._batch_size = batch_size

    def __len__(self) -> int:
        return -(-len(self._rows[0]) // self._batch_size)

    def __iter__(self) -> Iterator[Batch]:
        parts = (torch.split(part, self._batch_size) for part in self._rows)
        yield from zip(*parts, strict=True)
