from __future__ import annotations

from collections.abc import Callable

import pytest

from search.doctor.finding import Grade
from search.doctor.variables import judge


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("RAY_ADDRESS", "10.0.0.7:6379", "not followed"),
        ("RAY_AUTH_MODE", "disabled", "not followed"),
        ("RAY_memory_monitor_refresh_ms", "0", "Ray follows it"),
        ("PYTHONHASHSEED", "7", "a search would set 0"),
        ("MLFLOW_TRACKING_URI", "http://host:5000", "tracked there"),
        ("MLFLOW_EXPERIMENT_NAME", "x", "MLflow follows it"),
        ("OMP_NUM_THREADS", "8", "in every worker"),
        ("SLURM_JOB_ID", "4711", "this node of the job alone"),
        ("SLURM_NTASKS", "4", "start this search 4 times"),
        ("PYTHONPATH", "/lab", "come before the installed ones"),
    ],
)
def test_a_variable_that_changes_a_search_is_told(name: str, value: str, said: str) -> None:
    (found,) = judge({name: value})
    assert found.grade is Grade.NOTE
    assert found.text.startswith(f"{name}={value}")
    assert said in found.text
    assert found.mend


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("OMP_NUM_THREADS", "two", "is no number of threads"),
        ("MKL_NUM_THREADS", "0", "is no number of threads"),
        ("TUNE_RUN_CRASH", "report-sent:1:/tmp/m", "kills searches on purpose"),
    ],
)
def test_a_value_that_breaks_searches_is_a_fault(name: str, value: str, said: str) -> None:
    (found,) = judge({name: value})
    assert found.grade is Grade.FAULT
    assert said in found.text
    assert found.mend == f"unset {name}"


def test_a_gpu_that_is_not_there_is_a_fault(nvidia: Callable[[int], None]) -> None:
    nvidia(2)
    (found,) = judge({"CUDA_VISIBLE_DEVICES": "0,5"})
    assert found.grade is Grade.FAULT
    assert "GPUs 0 to 1 are there, and CUDA ignores what follows 5" in found.text


def test_hidden_gpus_are_told(
    nvidia: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    nvidia(2)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    (found,) = judge({"CUDA_VISIBLE_DEVICES": "1"})
    assert found.grade is Grade.NOTE
    assert "searches see 1 GPUs of 2" in found.text


def test_a_secret_is_not_shown() -> None:
    (found,) = judge({"RAY_AUTH_TOKEN": "0123456789abcdef"})
    assert "0123456789abcdef" not in found.text
    assert found.text.startswith("RAY_AUTH_TOKEN is set: ")


@pytest.mark.parametrize(("spared", "grade"), [("", Grade.NOTE), ("host, 127.0.0.1", Grade.OK)])
def test_a_proxy_that_hides_this_machine_is_told_by_name_alone(spared: str, grade: Grade) -> None:
    (found,) = judge({"http_proxy": "http://me:pa55@proxy:3128", "no_proxy": spared})
    assert found.grade is grade
    assert "pa55" not in found.text


def test_what_a_search_sets_itself_and_what_is_nobodys_business_say_nothing() -> None:
    (found,) = judge({"PYTHONHASHSEED": "0", "SHELL": "/bin/sh", "RAY_ADDRESS": ""})
    assert found.grade is Grade.OK
