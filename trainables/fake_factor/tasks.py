"""What an epoch does: one pass over the rows of each network, chain after chain."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor

from trainables.fake_factor.config import Config
from trainables.fake_factor.events import Events
from trainables.fake_factor.stage_rows import StageRows, stage_rows
from trainables.fake_factor.stages import stages


class Task(NamedTuple):
    """One network's rows, and how many of them a step takes."""

    rows: StageRows
    batch_size: int

    def n_steps(self, world: int = 1) -> int:
        """Optimizer steps of an epoch; every rank takes the same number."""
        return max(1, -(-(len(self.rows) // world) // self.batch_size))


def tasks(config: Config, train: Events, features: Tensor, seed: int) -> list[Task]:
    """The tasks of every chain, in the order in which an epoch does them.

    **Shapes** scaled features [N, F].
    """
    every = config.trainer.accumulate_grad_batches
    return [
        Task(
            stage_rows(stage, train, features, config.subtraction, (seed, number)),
            stage.batch_size * every,
        )
        for number in range(config.trainer.repeats)
        for stage in stages(config).values()
    ]
