"""Trials that are compared with one another: who is stopped, paused or cloned, and when.

Nothing here depends on how fast the machine is: the trials run one after another, or wait for one
another in the trainable.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from search.engine.outcome import Outcome
from search.engine.record import Record
from search.results.folder import SearchFolder
from search.results.trials import State, TrialRecord

pytestmark = pytest.mark.ray

Run = Callable[..., Outcome]
COMPLETE, STOPPED, DIVERGED = State.COMPLETE, State.STOPPED, State.DIVERGED
CURVES = """
try_first:
  - {x: 0.5, y: 0}   # score 0.5, 1.0, 1.5, ... (x * epoch + y)
  - {x: 0.4, y: 0}   # 0.4, 0.8, 1.2, ...: always a little worse
  - {x: 0.1, y: 1}   # 1.1, 1.2, 1.3, ...: begins well
  - {x: 1, y: 0}     # 1, 2, 3, ...: the best from epoch 2 on
"""


# By hand, with one trial at a time and nine epochs planned:
# asha, rungs 2 and 6: 0.8 < 1.0; 1.2 is in the best third of {1.0, 0.8}, but then 1.6 < 3.0.
# median: two others are missing until the third trial. There the means of 0.5 * epoch and
# 0.4 * epoch since epoch 2 have a median of 0.225 * epoch + 0.45, which is above 0.1 * epoch + 1
# from epoch 5 on. The others only ever rise above the median.
# hyperband and pbt compare trials that are there at the same time, of which there is one.
@pytest.mark.parametrize(
    ("scheduler", "epochs"),
    [
        ("{name: none}", [9, 9, 9, 9]),
        ("{name: asha, grace_epochs: 2, reduction_factor: 3}", [9, 2, 6, 9]),
        ("{name: median, grace_epochs: 2, min_trials: 2}", [9, 9, 5, 9]),
        ("{name: hyperband}", [9, 9, 9, 9]),
        ("{name: pbt, mutate: [x]}", [9, 9, 9, 9]),
    ],
)
def test_one_trial_at_a_time_is_stopped_where_the_rule_says(
    run: Run, scheduler: str, epochs: list[int]
) -> None:
    space = "x: {float: [0, 1]}\ny: {float: [0, 1]}"
    result = run(space, extra=CURVES, scheduler=scheduler, max_concurrent=1).result
    assert [trial.epochs for trial in result.trials] == epochs
    states = [COMPLETE if count == 9 else STOPPED for count in epochs]
    assert [trial.state for trial in result.trials] == states


def test_a_rung_is_an_epoch_and_not_the_number_of_reports(run: Run) -> None:
    # A report every second epoch: the rung of epoch 4 is reached with the second one.
    base = "{stride: 2, trainer: {max_epochs: 8}}"
    result = run(
        "x: [0.3, 0.2, 0.1]",
        base,
        sampler="{name: grid}",
        scheduler="{name: asha, grace_epochs: 4, reduction_factor: 3}",
        max_concurrent=1,
    ).result
    ends = [(trial.state, trial.epochs, len(trial.reports)) for trial in result.trials]
    assert ends == [(COMPLETE, 8, 4), (STOPPED, 4, 2), (STOPPED, 4, 2)]


@pytest.mark.slow
def test_hyperband_stops_the_worse_one_of_a_bracket(
    write_space: Callable[..., Path], folder: SearchFolder
) -> None:
    # By hand, three epochs and a factor of three: a first bracket takes two trials to the end, a
    # second one takes its trials to epoch 1 and one in three of them, at least one, to epoch 3.
    # The two of the first bracket diverge, so that only one trial is left at the last epoch.
    space = write_space(
        "x: {float: [0, 1]}\nfault: [none, nan]",
        base="{meet: 4, fault_epoch: 1, trainer: {max_epochs: 3}}",
        extra="""
        try_first:
          - {x: 0.1, fault: nan}
          - {x: 0.2, fault: nan}
          - {x: 0.3, fault: none}
          - {x: 0.4, fault: none}
        """,
        scheduler="{name: hyperband, reduction_factor: 3}",
        finalists=0,
    )
    # A command of its own, since four trials at a time are one more than the first bracket and
    # the cluster of these tests have room for; Ray is told of four cores, wherever this runs.
    command = [str(Path(sys.executable).with_name("tune-run")), str(space)]
    done = subprocess.run(
        [*command, "--storage", str(folder.path.parent), "--no-dashboard", "--no-track"],
        env=os.environ | {"RAY_OVERRIDE_RESOURCES": json.dumps({"CPU": 4})},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    ends = [(trial.state, trial.epochs) for trial in Record.open(folder.record).trials()]
    assert ends == [(DIVERGED, 1), (DIVERGED, 1), (STOPPED, 1), (COMPLETE, 3)]


def test_hyperband_fills_its_brackets_whatever_the_number_of_cpus(run: Run) -> None:
    # By hand, three epochs and a factor of three: a first bracket of two trials (one for the last
    # epoch, rounded up to what Ray gives it) trains to the end; a second one of four or more stops
    # all but a third of its trials after epoch 1. Two CPUs hold no bracket at one time.
    result = run(
        "x: {float: [0, 1]}",
        "{trainer: {max_epochs: 3}}",
        trials=8,
        scheduler="{name: hyperband, reduction_factor: 3}",
    ).result
    ends = {(trial.state, trial.epochs) for trial in result.trials}
    assert ends == {(COMPLETE, 3), (STOPPED, 1)}


def exchange(run: Run) -> tuple[TrialRecord, TrialRecord]:
    """Two trials of population-based training, of which the first is the worse one.

    They report in turn. At epoch 2 the first has nobody to be compared with, and the second is the
    better one of two, so that it is kept. At epoch 4 the first is given what was kept, and trains
    epochs 3 and 4 once more. At epoch 5 both are at their end.
    """
    worse, better = run(
        "x: {float: [0, 0.5]}",
        base="{take_turns: 2, trainer: {max_epochs: 5}}",
        extra="try_first: [{x: 0.1}, {x: 0.5}]",
        trials=2,
        scheduler="{name: pbt, mutate: [x], interval_epochs: 2, quantile_fraction: 0.5, "
        "resample_probability: 0}",
    ).result.trials
    return worse, better


def test_population_based_training_goes_on_from_the_better_trial(run: Run) -> None:
    worse, better = exchange(run)
    assert [(t.state, t.epochs) for t in (worse, better)] == [(COMPLETE, 5), (COMPLETE, 5)]
    assert better.perturbed == ()
    (change,) = worse.perturbed
    # Ray multiplies the better one's value by 0.8 or 1.2, of which 0.6 is outside the space.
    x = float(str(change.point["x"]))
    assert x in (pytest.approx(0.4), 0.5)
    scores = {report.epoch: report.metrics["score"] for report in worse.reports}
    assert scores == pytest.approx({1: 0.1, 2: 0.2, 3: 3 * x, 4: 4 * x, 5: 5 * x})


def test_each_epoch_is_recorded_with_the_point_that_it_was_trained_with(run: Run) -> None:
    worse, _ = exchange(run)
    for report in worse.reports:
        x = float(str(worse.point_at(report.epoch)["x"]))
        assert report.metrics["score"] == pytest.approx(x * report.epoch)
