"""Searches other than those of one worker a trial under ASHA, and what holds of them after a kill.

Of all of them: every trial is there once, an epoch that was committed is never lost to a kill, what
is recorded is what the formula gives, the checkpoints are sound, nothing is left.

Not the table of the uninterrupted search (I3, I9): which trials meet in a bracket or a population
hangs on time, and a resume compares only those that are still to be trained. Beside that,

* **two workers**: not how many epochs a kill costs at most (I2), since reports wait in queues;
* **pbt**: not that no committed epoch is trained again (I2) nor that none is taken back (I8),
  since a trial that is given another's weights does both. Held instead is that it is taken up after
  a kill no earlier than where it was, and that each epoch follows from the one before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tests.faults.setup import Setup

TWO_CPUS = {"RAY_OVERRIDE_RESOURCES": '{"CPU": 2}'}
"""Two trials, or workers, at a time, wherever this runs."""

KINDS: Mapping[str, Setup] = {
    "two workers": Setup(trials=2, max_epochs=5, resources="{cpus: 1, workers: 2}"),
    # By hand: two trials go to epoch 3; of six, four stop at epoch 1 and two go on.
    "hyperband": Setup(
        trials=8,
        max_epochs=3,
        seconds=0.2,
        concurrent=2,
        search={"scheduler": "{name: hyperband, reduction_factor: 3}", "max_concurrent": "8"},
    ),
    # The worse of two trials is given the weights of the better one, at every second epoch.
    "pbt": Setup(
        trials=2,
        max_epochs=8,
        seconds=0.3,
        concurrent=2,
        search={
            "scheduler": "{name: pbt, mutate: [x], interval_epochs: 2, quantile_fraction: 0.5}"
        },
    ),
}


def seeded(kind: str, seed: int) -> Setup:
    """The search of a kind with another seed."""
    return replace(KINDS[kind], seed=seed)
