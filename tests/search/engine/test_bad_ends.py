from __future__ import annotations

import errno
import os
import signal
import traceback
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from torch.utils.data import DataLoader

from search.engine.bad_ends import end_of, state_after
from search.results.trials import State

# Read off Ray 2.60 when its memory monitor had killed a worker; much more follows on it.
KILLED = """Failure # 1 (occurred at 2026-11-26_11-34-36)
The actor died: OutOfMemoryError: 1 worker(s) were killed due to the node running low on memory.
Memory on the node was 6.92GB used / 23.54GB
"""


def raised(code: int) -> str:
    """The last line of a traceback, as Python writes it."""
    return f"Traceback (most recent call last):\nOSError: [Errno {code}] {os.strerror(code)}"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_no_fault_of_the_trial(code: int) -> None:
    assert state_after(raised(code)) is State.DIED


@pytest.mark.parametrize("code", [errno.EFBIG, errno.EACCES])
def test_another_fault_of_a_file_is(code: int) -> None:
    assert state_after(raised(code)) is State.FAILED


def test_words_about_a_full_disk_are_not_one() -> None:
    assert state_after("ValueError: No space left on device") is State.FAILED


def test_a_trial_that_ray_killed_for_its_memory_is_told_from_one_that_died(tmp_path: Path) -> None:
    file = tmp_path / "said.txt"
    trial: Any = SimpleNamespace(error_file=str(file))
    file.write_text(KILLED + "Consider another number of workers. " * 100)
    state, cause = end_of(trial, tmp_path)
    assert state is State.OUT_OF_MEMORY
    assert "6.92GB used" in cause
    file.write_text("The actor died unexpectedly before finishing this task.")
    assert end_of(trial, tmp_path)[0] is State.DIED


class Killed:
    """A data set whose loader the kernel ends, as it does when memory runs out."""

    def __len__(self) -> int:
        return 1

    def __getitem__(self, index: int) -> int:
        os.kill(os.getpid(), signal.SIGKILL)
        return index


def test_a_killed_process_that_loads_data_is_no_fault_of_the_trial() -> None:
    loader: Any = DataLoader(Killed(), num_workers=1)  # type: ignore[arg-type]
    with pytest.raises(RuntimeError, match="DataLoader worker") as raised:
        next(iter(loader))
    text = "".join(traceback.format_exception(raised.value))
    assert state_after(text) is State.DIED
