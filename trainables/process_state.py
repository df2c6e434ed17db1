"""Leaves a process as it was found: the next trial in a warm worker must not feel the last one."""

from __future__ import annotations

import logging
import os
import random
import signal
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch

_VARIABLES = ("PL_GLOBAL_SEED", "PL_SEED_WORKERS")
_LOGGERS = ("lightning", "lightning.pytorch", "lightning.fabric")

_NOISE = (r".*LeafSpec.*", r".*does not have many workers.*", r".*sync_dist=True.*")
"""Warnings that no user of a search can act on."""


@contextmanager
def isolated(threads: int) -> Iterator[None]:
    """Run with so many threads and without chatter; put back all that Lightning and torch changed.

    That is: random states, number of threads, default dtype, precision of matrix products, gradient
    mode, seed variables, log levels, and the handler of Ctrl-C, which Lightning leaves ignored.
    Ctrl-C comes out as KeyboardInterrupt, which Lightning turns into an exit.
    """
    undo = _remember()
    torch.set_num_threads(max(1, threads))
    for name in _LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    try:
        with warnings.catch_warnings():
            for message in _NOISE:
                warnings.filterwarnings("ignore", message=message)
            yield
    except SystemExit as end:
        if isinstance(end.__context__, KeyboardInterrupt):
            raise KeyboardInterrupt from None
        raise
    finally:
        for step in undo:
            step()


def random_state() -> dict[str, Any]:
    """Every random state, as values that a checkpoint may hold and be safe to load."""
    kind, keys, *rest = np.random.get_state(legacy=True)
    cuda = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else []
    return {
        "torch": torch.get_rng_state(),
        "cuda": cuda,
        "numpy": [str(kind), torch.from_numpy(np.asarray(keys).astype(np.int64)), *rest],
        "python": random.getstate(),
    }


def set_random_state(state: dict[str, Any]) -> None:
    """Bring back what `random_state` gave."""
    torch.set_rng_state(state["torch"])
    if state["cuda"] and torch.cuda.is_available():
        torch.cuda.set_rng_state_all(state["cuda"])
    kind, keys, *rest = state["numpy"]
    np.random.set_state((kind, keys.numpy().astype(np.uint32), *rest))
    version, numbers, gauss = state["python"]
    random.setstate((version, tuple(numbers), gauss))


def _remember() -> list[Callable[[], object]]:
    variables = {name: os.environ.get(name) for name in _VARIABLES}
    levels = {name: logging.getLogger(name).level for name in _LOGGERS}
    states, threads, dtype = random_state(), torch.get_num_threads(), torch.get_default_dtype()
    precision, gradients = torch.get_float32_matmul_precision(), torch.is_grad_enabled()
    undo: list[Callable[[], object]] = [
        lambda: set_random_state(states),
        lambda: torch.set_num_threads(threads),
        lambda: torch.set_default_dtype(dtype),
        lambda: torch.set_float32_matmul_precision(precision),
        lambda: torch.set_grad_enabled(gradients),
        lambda: _set_variables(variables),
        lambda: _set_levels(levels),
    ]
    if threading.current_thread() is threading.main_thread():
        handler = signal.getsignal(signal.SIGINT)
        undo.append(lambda: signal.signal(signal.SIGINT, handler))
    return undo


def _set_levels(levels: dict[str, int]) -> None:
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def _set_variables(variables: dict[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
