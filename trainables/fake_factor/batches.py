"""The training batches of a chain: network after network, each in a fresh order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from trainables.batches import Shard
from trainables.fake_factor.tasks import Task

_ALONE = Shard()


class Step(NamedTuple):
    """The rows of one optimizer step. **Shapes** rows, labels [B]; features [B, F]."""

    task: int
    """Which network is trained."""
    first: bool
    """Whether the network's pass over its rows begins."""
    last: bool
    rows: Tensor
    """Their numbers among the network's rows."""
    features: Tensor
    labels: Tensor
    weights: Tensor


class ChainBatches:
    """The steps of an epoch; their order follows from the seed and the epoch alone.

    The networks are trained one after the other, so that the last one sees the fake weights of
    those that were just trained.
    """

    def __init__(self, tasks: Sequence[Task], seed: int, shard: Shard = _ALONE) -> None:
        self._tasks = tasks
        self._seed = seed
        self._shard = shard
        self._epoch = 0

    def __len__(self) -> int:
        return sum(task.n_steps(self._shard.world) for task in self._tasks)

    def set_epoch(self, epoch: int) -> None:
        """Choose the order; takes effect where the next epoch's first batch is drawn."""
        self._epoch = epoch

    def __iter__(self) -> Iterator[Step]:
        for number, task in enumerate(self._tasks):
            parts = self._parts(number, task)
            for place, chosen in enumerate(parts):
                ends = place == 0, place == len(parts) - 1
                features, labels, weights = (
                    part[chosen]
                    for part in (task.rows.features, task.rows.labels, task.rows.weights)
                )
                yield Step(number, *ends, chosen, features, labels, weights)

    def _parts(self, number: int, task: Task) -> Sequence[Tensor]:
        """Row numbers of each step; steps differ by at most one row."""
        seeds = np.random.SeedSequence([self._seed, self._epoch, number])
        generator = torch.Generator().manual_seed(int(seeds.generate_state(1)[0]))
        order = torch.randperm(len(task.rows), generator=generator)
        n_rows = len(task.rows) // self._shard.world
        mine = order[self._shard.rank :: self._shard.world][:n_rows]
        return torch.tensor_split(mine, task.n_steps(self._shard.world))


class Whole:
    """All events as one batch: no metric of a chain is a mean over batches."""

    def __init__(self, features: Tensor) -> None:
        self._features = features

    def __len__(self) -> int:
        return 1

    def __iter__(self) -> Iterator[Tensor]:
        yield self._features
