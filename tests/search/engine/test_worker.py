"""A trial inside its worker: what is loaded first, and from when its seconds are counted."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from search.engine.worker import Job, TrialFailed, open_trial, train
from search.results.running_trial import Finished
from search.results.trials import Start
from trainables.contract import Placement

LATE = """
import time
from trainables.contract import Metric, TrialConfig

class Config(TrialConfig):
    def max_epochs(self): return 2

METRICS = {"score": Metric("max", "one")}
check_data = probe = evaluate = None

def prepare_worker():
    time.sleep(0.5)

def fit(config, trial):
    for epoch in (1, 2):
        trial.report(epoch, {"score": 1.0})
"""


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """Trials of a trainable that imports for half a second when it is first trained."""
    file = tmp_path / "late.py"
    file.write_text(LATE)
    return Job(
        name="toy",
        folder=str(tmp_path),
        trainable=str(file),
        trainable_file=str(file),
        search_path=(),
        base={},
        blocks={},
        metric="score",
        mode="max",
        cpus=1,
        gpus=0,
        workers=1,
        hands_over=False,
        trial_timeout=60.0,
        report_timeout=None,
    )


def test_a_file_of_the_user_hides_none_that_is_installed(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    (tmp_path / "colorsys.py").write_text("raise ImportError('this one is not meant')")
    (tmp_path / "late.py").write_text(f"import colorsys\n{LATE}")
    assert len(reported(replace(job, search_path=(str(tmp_path),)), seconds_before=0.0)) == 2


def reported(job: Job, seconds_before: float) -> list[float]:
    """The seconds that a trial reports which earlier attempts have trained for so long."""
    start = Start(seconds=seconds_before)
    config: dict[str, Any] = {
        "number": 0,
        "attempt": 1,
        "seed": 1,
        "point": {},
        "start": asdict(start),
    }
    said: list[Finished] = []
    trial = open_trial(config, job, Placement(), said.append)
    train(config, job, trial)
    return [finished.report.seconds for finished in said]


def test_what_is_imported_late_is_no_time_of_the_trial(job: Job) -> None:
    began = time.monotonic()
    seconds = reported(job, seconds_before=0.0)
    assert time.monotonic() - began > 0.5
    assert len(seconds) == 2
    assert max(seconds) < 0.4


def test_the_seconds_of_earlier_attempts_are_counted_on(job: Job) -> None:
    first, _ = reported(job, seconds_before=50.0)
    assert 50.0 <= first < 50.4
    with pytest.raises(TrialFailed, match=r"search\.trial_timeout is over"):
        reported(job, seconds_before=60.0)
