"""F15, F16, F17, F18: signals, a screen that goes away, a machine that sleeps."""

from __future__ import annotations

import os
import random
import signal
import time

import pytest

from search.exits import Exit
from tests.faults.given import Begin, Judge, Reference
from tests.faults.search_process import SearchProcess
from tests.faults.seeds import seeds
from tests.faults.setup import Setup

INTERRUPTIONS = [(times, group) for times in (1, 2, 5) for group in (True, False)]
"""How many times within a second, and whether to the whole group, as a terminal does."""

TERMINATED_SECONDS = 10.0
"""What Docker gives."""

SLEEPERS = ("driver", "worker", "raylet/raylet")


def begun(search: SearchProcess, chosen: random.Random) -> int:
    """Start a search and wait for an instant of its training; its process."""
    search.start()
    assert search.wait_for_epochs(chosen.randint(1, 8)), search.output()
    time.sleep(chosen.uniform(0.0, 0.2))
    pid = search.find("driver")
    assert pid is not None, search.output()
    return pid


@pytest.mark.row("F15", "SIGINT once, twice, five times")
@pytest.mark.parametrize("seed", seeds())
def test_an_interrupted_search_goes_on(
    begin: Begin, judge: Judge, reference: Reference, seed: int
) -> None:
    times, group = INTERRUPTIONS[seed % len(INTERRUPTIONS)]
    search = begin(Setup(seed=seed))
    pid = begun(search, random.Random(f"F15/{seed}"))
    for number in range(times):
        if number:
            time.sleep(0.2)
        if search.is_running():
            (os.killpg if group else os.kill)(pid, signal.SIGINT)
    assert search.wait(Exit.INTERRUPTED) == Exit.INTERRUPTED, search.output()
    search.note("driver", pid)
    search.resume_as_told()
    search.finish()
    judge(search.evidence(search.setup.expected(reference(seed))))


@pytest.mark.row("F16", "SIGTERM")
@pytest.mark.parametrize("seed", seeds())
def test_a_terminated_search_ends_in_time_and_goes_on(
    begin: Begin, judge: Judge, reference: Reference, seed: int
) -> None:
    search = begin(Setup(seed=seed))
    pid = begun(search, random.Random(f"F16/{seed}"))
    os.kill(pid, signal.SIGTERM)
    sent = time.monotonic()
    assert search.wait(Exit.TERMINATED) == Exit.TERMINATED, search.output()
    assert time.monotonic() - sent < TERMINATED_SECONDS
    search.note("driver", pid)
    search.resume_as_told()
    search.finish()
    judge(search.evidence(search.setup.expected(reference(seed))))


@pytest.mark.row("F17", "SIGHUP to all its processes")
@pytest.mark.parametrize("seed", seeds(most=6))
def test_a_closed_terminal_does_no_harm(
    begin: Begin, judge: Judge, reference: Reference, seed: int
) -> None:
    search = begin(Setup(seed=seed))
    pid = begun(search, random.Random(f"F17/{seed}"))
    os.killpg(pid, signal.SIGHUP)
    assert search.wait(0) == 0, search.output()
    judge(search.evidence(search.setup.expected(reference(seed))))


@pytest.mark.row("F17", "a reader that goes away (| head -1)")
@pytest.mark.parametrize("seed", seeds(most=6))
def test_a_broken_pipe_does_no_harm(
    begin: Begin, judge: Judge, reference: Reference, seed: int
) -> None:
    search = begin(Setup(seed=seed))
    reading, search.screen = os.pipe()
    search.start()
    os.close(search.screen)
    assert os.read(reading, 1)
    os.close(reading)
    assert search.wait(0) == 0
    judge(search.evidence(search.setup.expected(reference(seed))))


@pytest.mark.row("F18", "SIGSTOP for 90 s (3 seeds) or 15 s, then SIGCONT")
@pytest.mark.parametrize("seed", seeds(most=9))
def test_a_suspended_process_wakes_up(
    begin: Begin, judge: Judge, reference: Reference, seed: int
) -> None:
    search = begin(Setup(seed=seed))
    begun(search, random.Random(f"F18/{seed}"))
    pid = search.find(SLEEPERS[seed % len(SLEEPERS)])
    assert pid is not None, search.output()
    os.kill(pid, signal.SIGSTOP)
    time.sleep(90.0 if seed < len(SLEEPERS) else 15.0)
    search.note(SLEEPERS[seed % len(SLEEPERS)], pid)
    if search.is_running():
        os.kill(pid, signal.SIGCONT)
    search.finish()
    judge(search.evidence(search.setup.expected(reference(seed))))
