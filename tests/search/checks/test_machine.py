from __future__ import annotations

import os
from pathlib import Path

import pytest

from search.checks import machine
from search.checks.machine import count_cpus, count_gpus


@pytest.fixture
def cgroup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A control group that is written by the test."""
    monkeypatch.setattr(machine, "_CGROUP_V2", tmp_path / "cpu.max")
    monkeypatch.setattr(machine, "_CGROUP_V1", tmp_path)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))
    return tmp_path


@pytest.mark.parametrize(
    ("limit", "cores"),
    [("max 100000", 8), ("250000 100000", 2), ("50000 100000", 1), ("900000 100000", 8)],
)
def test_the_limit_of_a_container_counts(cgroup: Path, limit: str, cores: int) -> None:
    (cgroup / "cpu.max").write_text(limit)
    assert count_cpus() == cores


@pytest.mark.parametrize(("quota", "cores"), [("-1", 8), ("300000", 3)])
def test_the_limit_of_an_older_container_counts(cgroup: Path, quota: str, cores: int) -> None:
    (cgroup / "cpu.cfs_quota_us").write_text(quota)
    (cgroup / "cpu.cfs_period_us").write_text("100000")
    assert count_cpus() == cores


def test_without_limits_the_affinity_counts(cgroup: Path) -> None:
    assert count_cpus() == 8


@pytest.fixture
def four_gpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An `nvidia-smi` that lists four GPUs."""
    program = tmp_path / "nvidia-smi"
    program.write_text('#!/bin/sh\nfor i in 0 1 2 3; do echo "GPU $i: H100"; done\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")


@pytest.mark.parametrize(("visible", "number"), [(None, 4), ("", 0), ("-1", 0), ("1,3", 2)])
def test_gpus_are_those_that_are_visible(
    four_gpus: None, monkeypatch: pytest.MonkeyPatch, visible: str | None, number: int
) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if visible is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert count_gpus() == number
