"""The reaper, on processes that stand for those of a cluster."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from search.engine import reaper

STUBBORN = (
    "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "print('up', flush=True); time.sleep(600)"
)
PARENT = (
    "import subprocess, sys, time; "
    f"subprocess.Popen([sys.executable, '-I', '-S', '-c', {STUBBORN!r}], env={{}}); "
    "time.sleep(600)"
)
DRIVER = """
import os, sys, time
from search.engine.cluster_folder import cluster_folder
with cluster_folder() as folder:
    if "forks" in sys.argv and os.fork() == 0:
        time.sleep(600)
    (folder / "file").touch()
    print(folder, flush=True)
    if "ends" not in sys.argv:
        time.sleep(600)
"""
GONE_SECONDS = 30.0


@contextmanager
def started(code: str, *arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A Python process whose group is gone afterwards."""
    with subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def is_gone(path: Path) -> bool:
    deadline = time.monotonic() + GONE_SECONDS
    while path.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    return not path.exists()


def test_the_family_is_what_carries_the_mark_with_its_descendants(tmp_path: Path) -> None:
    folder = str(tmp_path)
    with (
        started(PARENT, **{reaper.MARKER: folder}) as parent,
        started(STUBBORN, **{reaper.MARKER: f"{folder}2"}) as other,
    ):
        # The child, whose own environment is empty, says that it is there.
        assert said(parent) == "up"
        assert said(other) == "up"
        pids = {process.pid for process in reaper.family(folder)}
        assert parent.pid in pids
        assert len(pids) == 2
        assert other.pid not in pids
        assert os.getpid() not in pids


def test_what_does_not_end_by_itself_is_killed_and_the_folder_removed(tmp_path: Path) -> None:
    folder = tmp_path / "tr"
    (folder / "session").mkdir(parents=True)
    with started(PARENT, **{reaper.MARKER: str(folder)}) as parent:
        assert said(parent) == "up"
        reaper.end(str(folder), grace=0.3)
        assert parent.wait(1) == -signal.SIGKILL
        assert reaper.family(str(folder)) == set()
    assert not folder.exists()


def test_processes_that_end_in_time_are_left_alone(tmp_path: Path) -> None:
    quick = "import time; time.sleep(0.5); raise SystemExit(3)"
    with started(quick, **{reaper.MARKER: str(tmp_path)}) as process:
        reaper.end(str(tmp_path), grace=10)
        assert process.wait(1) == 3


@pytest.mark.parametrize("kind", ["", "forks"])
def test_a_killed_driver_leaves_no_folder(kind: str) -> None:
    with started(DRIVER, kind) as driver:
        folder = Path(said(driver))
        assert (folder / "file").exists()
        driver.kill()
        driver.wait()
        assert is_gone(folder)


def test_a_driver_that_ends_leaves_neither_folder_nor_reaper() -> None:
    with started(DRIVER, "ends") as driver:
        folder = said(driver)
        assert driver.wait(10) == 0
    assert not Path(folder).exists()
    deadline = time.monotonic() + GONE_SECONDS
    while _reapers_of(folder) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert _reapers_of(folder) == []


def test_the_folder_of_a_cluster_is_private() -> None:
    with started(DRIVER) as driver:
        folder = Path(said(driver))
        assert folder.stat().st_mode & 0o777 == 0o700


def _reapers_of(folder: str) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            found.append(path.read_bytes().decode(errors="replace"))
    return [line for line in found if folder in line]
