"""F5, F6: a process of Ray's own is killed; the search notices and can be gone on with."""

from __future__ import annotations

import random
import signal
import time

import pytest

from search.exits import Exit
from tests.faults.given import Begin, Judge, Reference
from tests.faults.seeds import seeds
from tests.faults.setup import Setup

NOTICED_SECONDS = 30.0

SIGNALS = (signal.SIGKILL, signal.SIGTERM)


def end_of_ray(begin: Begin, judge: Judge, reference: Reference, process: str, seed: int) -> None:
    """Kill a process of Ray's, see the driver end in time, and go on."""
    chosen = random.Random(f"{process}/{seed}")
    # Without retries, a trial that is charged with the death of its worker is lost.
    search = begin(Setup(seed=seed, search={"retries": "0"}))
    search.start()
    assert search.wait_for_epochs(chosen.randint(1, 12)), search.output()
    assert search.kill(process, SIGNALS[seed % len(SIGNALS)]), search.output()
    killed = time.monotonic()
    assert search.wait(Exit.INFRASTRUCTURE) == Exit.INFRASTRUCTURE, search.output()
    assert time.monotonic() - killed < NOTICED_SECONDS
    assert process.split("/")[-1] in search.output()
    search.resume()
    search.finish()
    judge(search.evidence(search.setup.expected(reference(seed))))


@pytest.mark.row("F5", "kill -9 of the raylet, or SIGTERM to it")
@pytest.mark.parametrize("seed", seeds())
def test_a_dead_raylet_is_noticed(
    begin: Begin, judge: Judge, reference: Reference, seed: int
) -> None:
    end_of_ray(begin, judge, reference, "raylet/raylet", seed)


@pytest.mark.row("F6", "kill -9 of the gcs_server, or SIGTERM to it")
@pytest.mark.parametrize("seed", seeds())
def test_a_dead_gcs_is_noticed(begin: Begin, judge: Judge, reference: Reference, seed: int) -> None:
    end_of_ray(begin, judge, reference, "gcs/gcs_server", seed)
