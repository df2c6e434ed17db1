"""F3, F4: the driver is killed at any instant, again and again, also while it starts or resumes."""

from __future__ import annotations

import random
import time

import pytest

from tests.faults.given import Begin, Judge, Reference
from tests.faults.kinds import KINDS, TWO_CPUS, seeded
from tests.faults.search_process import SearchProcess
from tests.faults.seeds import seeds
from tests.faults.setup import Setup


@pytest.mark.row("F3", "kill -9 of the driver")
@pytest.mark.parametrize("seed", seeds())
def test_a_killed_driver_loses_nothing(
    begin: Begin, judge: Judge, reference: Reference, seed: int
) -> None:
    chosen = random.Random(f"F3/{seed}")
    alone = seed % 4 != 3
    base = {"helper_process": "true"}
    search = begin(Setup(seed=seed, concurrent=1 if alone else 2, base=base))
    search.start()
    for _ in range(1 if seed == 0 else 3):
        if not disturb(search, chosen):
            break
        search.wait(-9)
        if seed % 2:
            # Otherwise the resume begins beside the workers that have lost their driver.
            search.remnants.wait_until_gone()
        search.resume()
    search.finish()
    judge(search.evidence(search.setup.expected(reference(seed) if alone else None)))


def disturb(search: SearchProcess, chosen: random.Random) -> bool:
    """Kill the driver at an instant that the generator chooses; whether it still ran."""
    if chosen.random() < 0.2:
        time.sleep(chosen.uniform(0.3, 6.0))
    elif not search.wait_for_epochs(chosen.randint(1, 8)):
        return False
    else:
        time.sleep(chosen.uniform(0.0, 0.25))
    return search.kill("driver")


@pytest.mark.row("F3", "kill -9 of the driver: two workers a trial, hyperband, pbt")
@pytest.mark.parametrize("seed", seeds(most=8))
@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_driver_of_another_kind_of_search(
    begin: Begin, judge: Judge, kind: str, seed: int
) -> None:
    chosen = random.Random(f"F3/{kind}/{seed}")
    search = begin(seeded(kind, seed))
    search.environment |= TWO_CPUS
    search.start()
    assert search.wait_for_epochs(chosen.randint(1, 6)), search.output()
    time.sleep(chosen.uniform(0.0, 0.25))
    assert search.kill("driver"), search.output()
    search.wait(-9)
    search.resume()
    search.finish()
    judge(search.evidence(search.setup.expected()))


@pytest.mark.row("F4", "kill -9 of the driver, twice while it resumes")
@pytest.mark.parametrize("seed", seeds())
def test_a_resume_that_is_killed_can_be_resumed(
    begin: Begin, judge: Judge, reference: Reference, seed: int
) -> None:
    chosen = random.Random(f"F4/{seed}")
    search = begin(Setup(seed=seed))
    search.start()
    assert search.wait_for_epochs(chosen.randint(2, 12)), search.output()
    search.kill("driver")
    search.wait(-9)
    for _ in range(2):
        search.resume()
        time.sleep(chosen.uniform(0.3, 3.0))
        assert search.kill("driver"), search.output()
        search.wait(-9)
    search.resume()
    search.finish()
    judge(search.evidence(search.setup.expected(reference(seed))))
