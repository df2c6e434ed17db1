"""F9 to F14: what a trial does wrong ends that trial alone, under a state that says what it was."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from search.results.trials import State, TrialRecord
from tests.faults.given import Begin, Judge
from tests.faults.seeds import seeds
from tests.faults.setup import Setup

pytestmark = pytest.mark.faults

ALLOCATED_BYTES = 6_000_000_000
"""What the greedy trial takes at most."""


def grid(seed: int, faults: dict[str, State], **search: str) -> Setup:
    """A search whose trials are one for each fault, and one without any."""
    return Setup(
        seed=seed,
        trials=len(faults) + 1,
        max_epochs=4,
        space=f"fault: [none, {', '.join(faults)}]",
        base={"x": "0.5", "y": "0.25"},
        search={
            "sampler": "{name: grid}",
            "scheduler": "{name: none}",
            "max_failed": "50",
            "retries": "0",
            **search,
        },
    )


def ended(
    begin: Begin, judge: Judge, setup: Setup, faults: dict[str, State]
) -> dict[str, TrialRecord]:
    """Run a grid of faults to its end; its trials by their faults."""
    search = begin(setup)
    search.start()
    assert search.wait(0) == 0, search.output()
    states = frozenset({State.COMPLETE.value, *(state.value for state in faults.values())})
    evidence = search.evidence(setup.expected(states=states))
    judge(evidence)
    trials = {str(trial.point["fault"]): trial for trial in evidence.result.trials}
    wanted = {"none": State.COMPLETE, **faults}
    assert {fault: trial.state for fault, trial in trials.items()} == wanted
    return trials


@pytest.mark.row("F10", "NaN, inf, -inf at an epoch")
@pytest.mark.parametrize("seed", seeds(most=2))
def test_a_metric_that_is_not_finite(begin: Begin, judge: Judge, seed: int) -> None:
    faults = dict.fromkeys(("nan", "inf", "minus_inf"), State.DIVERGED)
    trials = ended(begin, judge, grid(seed, faults), faults)
    assert all(trials[fault].epochs == 2 for fault in faults)


@pytest.mark.row("F11", "a metric that is missing or no number")
@pytest.mark.parametrize("seed", seeds(most=2))
def test_a_metric_that_is_no_number(begin: Begin, judge: Judge, seed: int) -> None:
    faults = {
        "missing": State.NO_METRIC,
        **dict.fromkeys(("none_value", "text", "object"), State.FAILED),
        "numpy": State.COMPLETE,
    }
    trials = ended(begin, judge, grid(seed, faults), faults)
    assert "reported: drift" in (trials["missing"].cause or "")


@pytest.mark.row("F12", "a trial that takes too much memory")
@pytest.mark.parametrize("seed", seeds(most=2))
def test_too_much_memory(begin: Begin, judge: Judge, seed: int) -> None:
    faults = dict.fromkeys(("memory_error", "array_too_large"), State.OUT_OF_MEMORY)
    ended(begin, judge, grid(seed, faults), faults)


@pytest.mark.row("F12", "a trial that Ray's memory monitor kills")
@pytest.mark.parametrize("seed", seeds(most=2))
def test_a_trial_that_ray_kills_for_its_memory(begin: Begin, judge: Judge, seed: int) -> None:
    total, available = memory("MemTotal"), memory("MemAvailable")
    if available < 2 * ALLOCATED_BYTES:
        pytest.skip(f"needs {2 * ALLOCATED_BYTES / 1e9:.0f} GB of free memory")
    faults = {"memory": State.OUT_OF_MEMORY}
    setup = grid(seed, faults, retries="2")
    search = begin(setup)
    share = (total - available + ALLOCATED_BYTES / 2) / total
    search.environment["RAY_memory_usage_threshold"] = f"{share:.3f}"
    search.start()
    assert search.wait(0) == 0, search.output()
    evidence = search.evidence(setup.expected(states=frozenset({"complete", "out of memory"})))
    judge(evidence)
    states = {trial.point["fault"]: trial.state for trial in evidence.result.trials}
    assert states == {"none": State.COMPLETE, **faults}


def memory(name: str) -> int:
    """A line of /proc/meminfo, in bytes."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


@pytest.mark.row("F13", "an exception, sys.exit, os._exit, a segfault in a trial")
@pytest.mark.parametrize("seed", seeds(most=2))
def test_a_trial_that_ends_itself(begin: Begin, judge: Judge, seed: int) -> None:
    faults = {
        **dict.fromkeys(("raise", "unpicklable", "system_exit", "segfault"), State.FAILED),
        "exit": State.DIED,
    }
    trials = ended(begin, judge, grid(seed, faults), faults)
    assert "trial_faults.py" in (trials["segfault"].cause or "")


@pytest.mark.row("F14", "a trial that hangs: asleep, deadlocked, in C")
@pytest.mark.parametrize("seed", seeds(most=2))
def test_a_trial_that_hangs(begin: Begin, judge: Judge, seed: int) -> None:
    faults = dict.fromkeys(("sleep", "deadlock", "busy"), State.TIMED_OUT)
    trials = ended(begin, judge, grid(seed, faults, report_timeout="5s"), faults)
    for fault in faults:
        # The stack says where it hung.
        assert f"_{fault}" in (trials[fault].cause or "")


@pytest.mark.row("F9", "a checkpoint that is larger than the system lets a file be")
@pytest.mark.parametrize("seed", seeds(most=2))
def test_a_checkpoint_that_cannot_be_written(begin: Begin, judge: Judge, seed: int) -> None:
    faults = {"file_too_large": State.FAILED}
    trials = ended(begin, judge, grid(seed, faults), faults)
    assert os.strerror(27) in (trials["file_too_large"].cause or "")
    assert trials["file_too_large"].epochs == 1
