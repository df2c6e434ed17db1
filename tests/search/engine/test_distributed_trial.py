"""Trials of two workers through Ray Train, gloo on CPUs, on a small piece of the real data."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import ray

from search.engine import session
from search.load import load
from search.options import Options
from search.results.folder import SearchFolder
from search.results.trials import State

pytestmark = pytest.mark.ray

YAML = """
trainable: signal
base: {data: {max_rows: 600, batch_size: 64}, trainer: {max_epochs: 4},
       logging: {loggers: [{name: CSVLogger}], plot_every_n_epochs: 4}}
search: {metric: val_auc, mode: max, trials: 3, seed: 3, sampler: {name: grid},
         scheduler: {name: asha, grace_epochs: 1, reduction_factor: 2}}
resources: {workers: 2}
space: {optimizer.lr: [1e-2, 1e-6, 1e-7]}   # one that learns, two that hardly move
"""


@pytest.mark.timeout(900)
def test_stopped_trials_free_their_workers(tmp_path: Path, cluster: Any, quiet_view: Any) -> None:
    space = tmp_path / "wide.yaml"
    space.write_text(YAML)
    folder = SearchFolder(tmp_path / "runs" / "wide")
    folder.path.mkdir(parents=True)
    options = Options(dashboard=False, track=False)
    result = session.run(load(str(space)), folder, options, quiet_view(), cluster).result
    # Both CPUs are needed by every trial: one that kept its workers would starve the next.
    assert {trial.state for trial in result.trials} == {State.COMPLETE, State.STOPPED}
    assert len(result.started()) == 3
    best = result.ranked()[0]
    assert best.best_checkpoint(result.objective) is not None
    assert result.tests[best.number]["test_auc"] > 0.5
    assert free_cpus(wanted=2) == 2
    # Written by the first of the two workers alone, in its only attempt.
    left = folder.trial(best.number)
    assert {path.name.partition("_")[0] for path in (left / "pictures").iterdir()} == {"0004"}
    assert [path.name for path in (left / "logs" / "CSVLogger").iterdir()] == ["version_0"]


def free_cpus(wanted: float) -> float:
    """How many CPUs nobody holds; Ray takes a moment to count those of a process that has ended."""
    end = time.monotonic() + 60
    while True:
        free: dict[str, float] = ray.available_resources()  # type: ignore[no-untyped-call]
        if free.get("CPU") == wanted or time.monotonic() > end:
            return free.get("CPU", 0.0)
        time.sleep(0.2)
