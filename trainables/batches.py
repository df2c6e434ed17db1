"""Batches cut straight out of tensors: no workers, no collating, the same order after a resume."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor

from trainables.architectures.inputs import Inputs
from trainables.sampling import Sampler, draw, n_drawn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from trainables.tabular import TabularData


EVAL_ROWS = 8192
"""Rows of a batch in which nothing is trained."""


class Batch(NamedTuple):
    """Events that are trained on together.

    **Shapes** labels [B], weights [B] (1 where the data has none), spectators [B, S] with S from 0.
    Labels are 0.0 and 1.0 of two classes, and whole numbers of more.
    """

    inputs: Inputs
    labels: Tensor
    weights: Tensor
    spectators: Tensor


def _each(rows: Batch, change: Callable[[Tensor], Tensor]) -> Batch:
    """The same change of every tensor."""
    flat, *kinds = rows.inputs
    named = ({name: change(part) for name, part in kind.items()} for kind in kinds)
    return Batch(Inputs(change(flat), *named), *map(change, rows[1:]))


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

    def __init__(
        self,
        rows: Batch,
        batch_size: int,
        seed: int,
        shard: Shard = Shard(),
        sampler: Sampler = "none",
    ) -> None:
        self._rows = rows
        self._batch_size = batch_size
        self._seed = seed
        self._shard = shard
        self._epoch = 0
        self._sampler = sampler
        self._n_rows = n_drawn(rows.labels, sampler) // shard.world

    def __len__(self) -> int:
        return max(1, -(-self._n_rows // self._batch_size))

    def set_epoch(self, epoch: int) -> None:
        """Choose the order; takes effect where the next epoch's first batch is drawn."""
        self._epoch = epoch

    def __iter__(self) -> Iterator[Batch]:
        state = np.random.SeedSequence([self._seed, self._epoch]).generate_state(1)[0]
        generator = torch.Generator().manual_seed(int(state))
        order = draw(self._rows.labels, self._sampler, generator)
        mine = order[self._shard.rank :: self._shard.world][: self._n_rows]
        for chosen in torch.tensor_split(mine, len(self)):
            yield _rows(self._rows, chosen)


def n_batches(labels: NDArray[np.int64], data: TabularData) -> int:
    """Batches of a training epoch on one worker. **Shapes** labels [N]."""
    rows = n_drawn(torch.from_numpy(labels), data.sampler)
    return max(1, -(-rows // data.batch_size))


class FixedBatches:
    """Rows in their own order, for validation: every rank sees all of them."""

    def __init__(self, rows: Batch, batch_size: int) -> None:
        self._rows = rows
        self._batch_size = batch_size

    def __len__(self) -> int:
        return -(-len(self._rows.labels) // self._batch_size)

    def __iter__(self) -> Iterator[Batch]:
        for start in range(0, len(self._rows.labels), self._batch_size):
            yield _slice(self._rows, start, start + self._batch_size)


def _rows(rows: Batch, chosen: Tensor) -> Batch:
    return _each(rows, lambda part: part.index_select(0, chosen))


def _slice(rows: Batch, start: int, end: int) -> Batch:
    return _each(rows, lambda part: part[start:end])
