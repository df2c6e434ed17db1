"""`tune-run` as a process of its own: what is refused, and what is left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

pytestmark = [pytest.mark.ray, pytest.mark.timeout(1200)]

START_SECONDS = 300
"""How long a loaded machine may take to start a search, or to train its short trials."""

COMMAND = Path(sys.executable).with_name("tune-run")
TRAINABLE = Path(__file__).parents[1] / "engine" / "fault_trainable.py"
SPACE = f"""
trainable: {TRAINABLE}
base: {{trainer: {{max_epochs: 9, seconds_per_epoch: SECONDS}}}}
search: {{name: toy, metric: score, mode: max, trials: 6, scheduler: {{name: none}}}}
space: {{x: {{float: [0, 1]}}}}
"""


def _begin(folder: Path, seconds: float, *options: str) -> subprocess.Popen[str]:
    (folder / "toy.yaml").write_text(SPACE.replace("SECONDS", str(seconds)))
    return subprocess.Popen(
        [str(COMMAND), "toy.yaml", "--no-dashboard", "--no-track", *options],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"COLUMNS": "200"},
    )


def _wait_for_epoch(folder: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if list((folder / "runs" / "toy" / "trials").rglob("epoch=*.ckpt")):
            return
        time.sleep(0.2)
    raise AssertionError("no epoch was finished in time")


def test_a_search_is_locked_resumed_and_kept(tmp_path: Path) -> None:
    first = _begin(tmp_path, 0.5)
    _wait_for_epoch(tmp_path)
    second = _begin(tmp_path, 0.5, "--resume")
    said, _ = second.communicate(timeout=START_SECONDS)
    assert second.returncode == 73
    assert f"process {first.pid}" in said
    output, _ = first.communicate(timeout=START_SECONDS)
    assert first.returncode == 0, output
    assert pd.read_csv(tmp_path / "runs" / "toy" / "trials.csv")["trial"].tolist() == list(range(6))

    refused, _ = (again := _begin(tmp_path, 0.5)).communicate(timeout=START_SECONDS)
    assert again.returncode == 2
    assert "--resume" in refused
    assert "--fresh" in refused


def test_a_folder_that_cannot_be_written_is_refused_before_ray_starts(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("a file where a folder is wanted")
    process = _begin(tmp_path, 0.1, "--storage", "file")
    output, _ = process.communicate(timeout=START_SECONDS)
    assert process.returncode == 2
    assert f"{blocked}" in output
    assert "Ray dashboard" not in output
