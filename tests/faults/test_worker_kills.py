"""F1: a worker is killed at any instant; its trial goes on from its last epoch, by itself."""

from __future__ import annotations

import random
import time

import pytest

from tests.faults.given import Begin, Judge, Reference
from tests.faults.kinds import TWO_CPUS, seeded
from tests.faults.seeds import seeds
from tests.faults.setup import Setup

KILLS = 2


@pytest.mark.row("F1", "kill -9 of a worker")
@pytest.mark.parametrize("seed", seeds())
def test_a_killed_worker_costs_one_epoch_at_most(
    begin: Begin, judge: Judge, reference: Reference, seed: int
) -> None:
    chosen = random.Random(f"F1/{seed}")
    alone = seed % 2 == 0
    base = {"helper_process": "true"}
    search = begin(Setup(seed=seed, concurrent=1 if alone else 2, base=base))
    search.start()
    for _ in range(KILLS):
        assert search.wait_for_epochs(chosen.randint(1, 6)), search.output()
        time.sleep(chosen.uniform(0.0, 0.2))
        search.kill("worker")
    assert search.wait(0) == 0, search.output()
    judge(search.evidence(search.setup.expected(reference(seed) if alone else None)))


TARGETS = [
    ("two workers", "worker"),
    ("two workers", "worker beside"),
    ("hyperband", "worker"),
    ("pbt", "worker"),
]


@pytest.mark.row("F1", "kill -9 of a worker: two workers a trial, hyperband, pbt")
@pytest.mark.parametrize("seed", seeds(most=8))
@pytest.mark.parametrize(("kind", "target"), TARGETS)
def test_a_killed_worker_of_another_kind_of_search(
    begin: Begin, judge: Judge, kind: str, target: str, seed: int
) -> None:
    chosen = random.Random(f"F1/{kind}/{target}/{seed}")
    search = begin(seeded(kind, seed))
    search.environment |= TWO_CPUS
    search.start()
    assert search.wait_for_epochs(chosen.randint(1, 5)), search.output()
    time.sleep(chosen.uniform(0.0, 0.2))
    assert search.kill(target), search.output()
    assert search.wait(0) == 0, search.output()
    judge(search.evidence(search.setup.expected()))
