from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from typing import Any

import pytest

from search.engine.ends import EarlyEnd
from search.engine.watchdog import (
    GRACE_SECONDS,
    LOOK_SECONDS,
    SILENCE_SECONDS,
    RayIsThere,
    Unreachable,
    dead_process,
    death_of_ray,
    watch,
)
from search.exits import Exit


def test_a_death_is_noticed_and_ended_within_30_s() -> None:
    assert LOOK_SECONDS + GRACE_SECONDS < 30
    assert SILENCE_SECONDS + GRACE_SECONDS < 30


def test_processes_that_live_are_not_dead() -> None:
    process = subprocess.Popen(["sleep", "600"])
    assert dead_process({"raylet": process}) is None
    process.kill()
    process.wait()


def test_a_process_that_was_killed_is_named() -> None:
    living, killed = (subprocess.Popen(["sleep", "600"]) for _ in range(2))
    killed.kill()
    killed.wait()
    said = dead_process({"raylet": living, "gcs_server": killed})
    assert said is not None
    assert said.startswith(f"the gcs_server of Ray (process {killed.pid}) died of SIGKILL")
    living.kill()
    living.wait()


def test_a_dead_ray_ends_a_search_before_its_trials_are_blamed() -> None:
    killed = subprocess.Popen(["sleep", "600"])
    end = EarlyEnd()
    end.limits.append(RayIsThere(lambda: dead_process({"raylet": killed})))
    assert not end.stop_all()
    killed.kill()
    killed.wait()
    assert end.stop_all()
    assert end.code == Exit.INFRASTRUCTURE
    assert (end.reason or "").startswith(f"the raylet of Ray (process {killed.pid}) died")


def test_a_process_that_gave_up_says_its_code() -> None:
    process = subprocess.Popen(["sh", "-c", "exit 3"])
    process.wait()
    assert "died with exit code 3" in (dead_process({"raylet": process}) or "")


def test_a_main_thread_that_comes_free_ends_in_order() -> None:
    end, over = EarlyEnd(), threading.Event()
    watching = threading.Thread(target=watch, args=(lambda: "the raylet died", end, over))
    watching.start()
    deadline = time.monotonic() + 60
    while not end.stop_all():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    over.set()
    watching.join(timeout=60)
    assert not watching.is_alive()
    assert (end.reason, end.code) == ("the raylet died", Exit.INFRASTRUCTURE)


def test_a_main_thread_that_hangs_is_ended() -> None:
    code = (
        "import threading, time\n"
        "from search.engine.ends import EarlyEnd\n"
        "from search.engine.hard_exit import HardExit\n"
        "from search.engine.watchdog import watch\n"
        "death = lambda: 'the raylet died'\n"
        "hard = HardExit(lambda: 'Go on with: tune-run')\n"
        "arguments = (death, EarlyEnd(hard), threading.Event())\n"
        "threading.Thread(target=watch, args=arguments, daemon=True).start()\n"
        "time.sleep(600)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 70
    assert done.stdout.splitlines() == ["the raylet died", "Go on with: tune-run"]


def test_an_end_that_was_asked_for_before_keeps_its_code() -> None:
    end, over = EarlyEnd(), threading.Event()
    end.end_search("interrupted by SIGTERM", Exit.TERMINATED)
    watching = threading.Thread(target=watch, args=(lambda: "the raylet died", end, over))
    watching.start()
    over.set()
    watching.join(timeout=60)
    assert end.code is Exit.TERMINATED


def test_a_gcs_that_answers_is_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        host, port = server.getsockname()
        assert Unreachable(host, port, patience=0.0, every=0.0)() is None


def test_a_gcs_that_is_gone_is_reported_after_a_while() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        host, port = server.getsockname()
    assert Unreachable(host, port, patience=600.0, every=0.0)() is None
    said = Unreachable(host, port, patience=0.0, every=0.0)()
    assert said is not None
    assert said.startswith(f"the GCS of Ray at 127.0.0.1:{port} was not reached for")


@pytest.mark.ray
def test_a_ray_that_runs_is_not_dead(cluster: Any) -> None:
    assert death_of_ray()() is None
