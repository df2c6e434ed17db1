"""Notices that Ray has died under a search: a driver without its raylet or its GCS hangs."""

from __future__ import annotations

import logging
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from search.engine.ends import EarlyEnd, Reached
from search.exits import Exit

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.5

GRACE_SECONDS = 8.0
"""How long an orderly end may take; soon after, Ray itself ends a driver without a raylet."""

KNOCK_SECONDS = 5.0
"""How often the GCS of another cluster is called on, and how long it may take to answer."""

SILENCE_SECONDS = 15.0
"""How long it may not be reached."""

VITAL = ("raylet", "gcs_server")

Death = Callable[[], str | None]
"""What has died, or None."""


@contextmanager
def watching(end: EarlyEnd) -> Iterator[None]:
    """Watch over the Ray that this process uses, as long as the search needs it."""
    over = threading.Event()
    death = death_of_ray()
    if not isinstance(death, Unreachable):
        # Known at once, before the deaths of its workers are laid to their trials.
        end.limits.append(RayIsThere(death))
    thread = threading.Thread(target=watch, args=(death, end, over), name="watchdog", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()


def watch(death: Death, end: EarlyEnd, over: threading.Event) -> None:
    """End the search when something has died: in order if the main thread can, else at once."""
    while not over.wait(LOOK_SECONDS):
        if (reason := death()) is None:
            continue
        end.end_search(reason, Exit.INFRASTRUCTURE)
        if not over.wait(GRACE_SECONDS):
            end.hard.now(end.reason or reason, end.code)
        return


def death_of_ray() -> Death:
    """For a cluster of ours by its processes, for another one by the address of its GCS."""
    import ray
    from ray._private.worker import global_worker

    kinds = global_worker.node.all_processes if global_worker.node else {}
    processes = {kind: kinds[kind][0].process for kind in VITAL if kind in kinds}
    if processes:
        return lambda: dead_process(processes)
    host, _, port = ray.get_runtime_context().gcs_address.rpartition(":")
    return Unreachable(host.strip("[]"), int(port))


def dead_process(processes: Mapping[str, subprocess.Popen[bytes]]) -> str | None:
    """The first process that has ended, with how."""
    for kind, process in processes.items():
        if (code := process.poll()) is not None:
            return (
                f"the {kind} of Ray (process {process.pid}) died {_how(code)}; "
                "the log of the kernel (dmesg) knows if memory ran out"
            )
    return None


def _how(code: int) -> str:
    if code >= 0:
        return f"with exit code {code}"
    try:
        return f"of {signal.Signals(-code).name}"
    except ValueError:
        return f"of signal {-code}"


@dataclass(frozen=True)
class RayIsThere:
    """A limit that is reached when Ray has died."""

    death: Death

    def reached(self) -> Reached | None:
        """What has died, or None."""
        reason = self.death()
        return None if reason is None else Reached(reason, Exit.INFRASTRUCTURE)


class Unreachable:
    """Says so when the GCS of another cluster has not been reached for a while."""

    def __init__(
        self,
        host: str,
        port: int,
        patience: float = SILENCE_SECONDS,
        every: float = KNOCK_SECONDS,
    ) -> None:
        self._place = (host, port)
        self._patience = patience
        self._every = every
        self._reached = time.monotonic()
        self._next = 0.0

    def __call__(self) -> str | None:
        """What is wrong, or None."""
        if time.monotonic() < self._next:
            return None
        self._next = time.monotonic() + self._every
        try:
            socket.create_connection(self._place, timeout=KNOCK_SECONDS).close()
        except OSError as error:
            log.warning("the GCS of Ray cannot be reached: %s", error)
        else:
            self._reached = time.monotonic()
            return None
        silent = time.monotonic() - self._reached
        if silent < self._patience:
            return None
        host, port = self._place
        return f"the GCS of Ray at {host}:{port} was not reached for {silent:.0f} s"
