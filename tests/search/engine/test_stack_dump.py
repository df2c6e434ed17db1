"""What a process that hangs leaves behind, and from when its time is counted."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from search.engine.stack_dump import HANG, OutOfTime, Timeouts, dump_of, watched

CODE = """
import sys, time
from pathlib import Path
from search.engine import stack_dump
from search.engine.stack_dump import Timeouts, watched

loading, trial, report, to_load, to_fit = (float(x) if x != "-" else None for x in sys.argv[1:])
stack_dump.LOADING_SECONDS = loading

def load():
    time.sleep(to_load)

def fit():
    time.sleep(to_fit)

with watched(Path("."), 0, Timeouts(trial, report)) as watch:
    load()
    watch.begin(time.monotonic())
    fit()
"""

FOREVER = 60


def run(folder: Path, limits: str, to_load: float, to_fit: float) -> str | None:
    """What a process leaves that loads and trains for so long; None if it comes to its end.

    `limits` are the seconds for loading, of `search.trial_timeout` and `search.report_timeout`.
    """
    command = [sys.executable, "-c", CODE, *limits.split(), str(to_load), str(to_fit)]
    done = subprocess.run(command, cwd=folder, timeout=30, check=False)
    said = dump_of(folder, HANG)
    assert (done.returncode == 0) == (said is None)
    return said


@pytest.mark.parametrize("limits", ["9 0.2 -", "9 - 0.2"])
def test_loading_takes_no_time_of_the_trial(tmp_path: Path, limits: str) -> None:
    assert run(tmp_path, limits, to_load=0.4, to_fit=0) is None


@pytest.mark.parametrize("limits", ["0.3 0.2 -", "0.3 - 0.2", "0.1 0.3 0.2"])
def test_a_load_that_hangs_is_ended_with_its_stack(tmp_path: Path, limits: str) -> None:
    said = run(tmp_path, limits, to_load=FOREVER, to_fit=0)
    assert said is not None
    assert said.splitlines()[0] == "loading the trainable took more than 0.3 s"
    assert "in load" in said


def test_without_a_limit_a_load_has_none(tmp_path: Path) -> None:
    assert run(tmp_path, "0.1 - -", to_load=0.4, to_fit=0) is None


@pytest.mark.parametrize(
    ("limits", "name"), [("9 0.3 -", "trial_timeout"), ("9 - 0.3", "report_timeout")]
)
def test_a_training_that_hangs_is_ended_with_its_stack(
    tmp_path: Path, limits: str, name: str
) -> None:
    said = run(tmp_path, limits, to_load=0, to_fit=FOREVER)
    assert said is not None
    assert said.startswith(f"search.{name}: no report for 0 s")
    assert "in fit" in said


def test_what_earlier_attempts_used_counts(tmp_path: Path) -> None:
    with (
        pytest.raises(OutOfTime, match=r"search\.trial_timeout is over"),
        watched(tmp_path, 0, Timeouts(trial=10.0)) as watch,
    ):
        watch.begin(time.monotonic() - 11.0)


def test_a_trial_that_ends_leaves_nothing(tmp_path: Path) -> None:
    with watched(tmp_path, 0, Timeouts(trial=60.0)) as watch:
        watch.begin(time.monotonic())
        assert len(list(tmp_path.iterdir())) == 2
    assert list(tmp_path.iterdir()) == []
