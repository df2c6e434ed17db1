"""F7, F8: the tracking server dies, comes back, is slow, refuses; the search does not care."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.faults.given import Begin, Judge, Reference
from tests.faults.search_process import SearchProcess
from tests.faults.seeds import seeds
from tests.faults.setup import Setup
from tests.faults.tracking_server import BadServer, TrackingServer

LONGEST_PAUSE = 60.0
"""Between two epochs, the start of a worker included; MLflow's own patience is 246 s."""

ANSWERS = {"slow": (500, 5.0), "500": (500, 0.0), "429": (429, 0.0)}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[TrackingServer]:
    folder = tmp_path / "server"
    folder.mkdir()
    server = TrackingServer(folder)
    server.start()
    yield server
    server.kill()


def tracked(begin: Begin, seed: int, uri: str) -> SearchProcess:
    search = begin(Setup(seed=seed, seconds=0.3), "--no-dashboard")
    search.environment["MLFLOW_TRACKING_URI"] = uri
    search.start()
    return search


def longest_pause(search: SearchProcess) -> float:
    """The longest time between two lines of the witness."""
    return max(after.at - before.at for before, after in pairwise(search.lines()))


@pytest.mark.row("F7", "kill -9 of the MLflow server, which comes back")
@pytest.mark.parametrize("seed", seeds())
def test_a_server_that_comes_back_is_told_everything(
    begin: Begin, judge: Judge, reference: Reference, server: TrackingServer, seed: int
) -> None:
    search = tracked(begin, seed, server.uri)
    assert search.wait_for_epochs(random.Random(f"F7/{seed}").randint(1, 6)), search.output()
    server.kill()
    time.sleep(3.0)
    server.start()
    assert search.wait(0) == 0, search.output()
    assert "MLflow is behind" not in search.output()
    assert longest_pause(search) < LONGEST_PAUSE
    judge(search.evidence(search.setup.expected(reference(seed), server.store)))


@pytest.mark.row("F7", "kill -9 of the MLflow server, which never comes back")
@pytest.mark.parametrize("seed", seeds())
def test_a_server_that_is_gone_is_told_later(
    begin: Begin, judge: Judge, reference: Reference, server: TrackingServer, seed: int
) -> None:
    search = tracked(begin, seed, server.uri)
    assert search.wait_for_epochs(random.Random(f"F7/{seed}").randint(1, 6)), search.output()
    server.kill()
    assert search.wait(0) == 0, search.output()
    assert "MLflow is behind" in search.output()
    assert longest_pause(search) < LONGEST_PAUSE
    server.start()
    command = Path(sys.executable).with_name("tune-track")
    subprocess.run(
        [str(command), "sync", str(search.place)], env=search.environment, check=True, timeout=240
    )
    judge(search.evidence(search.setup.expected(reference(seed), server.store)))


@pytest.mark.row("F8", "an MLflow server that is slow, answers 500, answers 429")
@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("seed", seeds(most=5))
def test_a_server_that_refuses_is_only_mentioned(
    begin: Begin, judge: Judge, reference: Reference, answer: str, seed: int
) -> None:
    server = BadServer(*ANSWERS[answer])
    try:
        search = tracked(begin, seed, server.uri)
        assert search.wait(0) == 0, search.output()
    finally:
        server.close()
    assert "MLflow is behind" in search.output()
    assert longest_pause(search) < LONGEST_PAUSE
    judge(search.evidence(search.setup.expected(reference(seed))))
