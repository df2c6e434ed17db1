"""Everything that a trial can do wrong, by name."""

from __future__ import annotations

import ctypes
import math
import os
import resource
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import numpy as np

Fault = Literal[
    "none", "nan", "inf", "minus_inf", "missing", "none_value", "text", "object", "numpy", "raise",
    "unpicklable", "system_exit", "exit", "segfault", "sleep", "deadlock", "busy", "memory_error",
    "array_too_large", "memory", "file_too_large",
]  # fmt: skip

Metrics = dict[str, Any]


class Unpicklable(Exception):
    def __reduce__(self) -> Any:
        raise TypeError("this exception refuses to travel")


def provoke(fault: Fault, metrics: Metrics, file: Path) -> None:
    """Do it: change what is about to be reported, or never return."""
    if fault in REPORTED:
        metrics["score"] = REPORTED[fault]
    elif fault in DONE:
        DONE[fault](metrics, file)


REPORTED: dict[str, Any] = {
    "nan": math.nan,
    "inf": math.inf,
    "minus_inf": -math.inf,
    "none_value": None,
    "text": "high",
    "object": object(),
}
"""What is said instead of the score."""


def _missing(metrics: Metrics, _: Path) -> None:
    del metrics["score"]


def _numpy(metrics: Metrics, _: Path) -> None:
    """No fault: a number of another library."""
    metrics["score"] = np.float64(metrics["score"])


def _raise(*_: Any) -> None:
    raise RuntimeError("the trainable gave up")


def _unpicklable(*_: Any) -> None:
    raise Unpicklable("cannot be pickled")


def _system_exit(*_: Any) -> None:
    sys.exit(3)


def _exit(*_: Any) -> None:
    os._exit(3)


def _segfault(*_: Any) -> None:
    ctypes.string_at(0)


def _sleep(*_: Any) -> None:
    time.sleep(3600)


def _deadlock(*_: Any) -> None:
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


def _busy(*_: Any) -> None:
    # One call into C that never gives the interpreter's lock back: no other thread runs beside it.
    ctypes.PyDLL(None).sleep(3600)


def _memory_error(*_: Any) -> None:
    """Python's own words for a limit of the system; the worker stays warm after it."""
    _limited(lambda: bytearray(1_600_000_000))


def _array_too_large(*_: Any) -> None:
    """NumPy's words for the same."""
    _limited(lambda: np.ones(200_000_000))


def _limited(take: Callable[[], Any]) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_used() + 200_000_000, hard))
    try:
        take()
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _used() -> int:
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def _memory(*_: Any) -> None:
    """Take more and more until somebody ends this process; gives up at six gigabytes."""
    taken = []
    for _step in range(120):
        taken.append(np.ones(6_250_000))
        time.sleep(0.05)
    raise RuntimeError("nobody minded")


def _file_too_large(_: Metrics, file: Path) -> None:
    """The disk refuses in the middle of the checkpoint."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (16, hard))
    try:
        file.write_text("a checkpoint of more than sixteen bytes")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


DONE: dict[str, Callable[[Metrics, Path], None]] = {
    "missing": _missing,
    "numpy": _numpy,
    "raise": _raise,
    "unpicklable": _unpicklable,
    "system_exit": _system_exit,
    "exit": _exit,
    "segfault": _segfault,
    "sleep": _sleep,
    "deadlock": _deadlock,
    "busy": _busy,
    "memory_error": _memory_error,
    "array_too_large": _array_too_large,
    "memory": _memory,
    "file_too_large": _file_too_large,
}
