"""`tune-run --doctor` as a process of its own, on this machine and on a broken one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from search.doctor.table import CHECKS

COMMAND = Path(sys.executable).with_name("tune-run")
SECRET = "0123456789abcdef0123456789abcdef"


def examine(folder: Path, *options: str, **environment: str) -> tuple[int, str]:
    done = subprocess.run(
        [str(COMMAND), "--doctor", *options],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=280,
        env={name: text for name, text in os.environ.items() if name != "MLFLOW_TRACKING_URI"}
        | environment,
    )
    return done.returncode, done.stdout


def lines_of(output: str, grade: str) -> list[str]:
    return [line for line in output.splitlines() if line.startswith(f"{grade} ")]


@pytest.mark.ray
def test_a_machine_that_works_is_told_so(tmp_path: Path) -> None:
    """A Ray of our own starts although variables name another cluster and a proxy that is not."""
    code, output = examine(
        tmp_path,
        RAY_ADDRESS="127.0.0.1:1",
        RAY_AUTH_TOKEN=SECRET,
        http_proxy="http://127.0.0.1:1",
    )
    assert code == 0, output
    assert lines_of(output, "fault") == []
    assert all(f" {check.name} " in output for check in CHECKS)
    assert "starting Ray and running a task on it" in output
    assert " CPUs and " in lines_of(output, "ok")[-1]
    assert any("RAY_ADDRESS=127.0.0.1:1: not followed" in line for line in lines_of(output, "note"))
    assert SECRET not in output
    assert list(tmp_path.iterdir()) == []


def test_a_broken_installation_is_told_fault_by_fault(tmp_path: Path) -> None:
    """The checks that need nothing still speak when nothing can be imported."""
    broken = tmp_path / "broken"
    for name in ("yaml", "ray", "torch", "optuna"):
        (broken / name).mkdir(parents=True)
        (broken / name / "__init__.py").write_text(f"raise ImportError('{name} is torn')")
    (tmp_path / "file").touch()
    code, output = examine(tmp_path, "--storage", "file", PYTHONPATH=str(broken))
    faults = {line[7:21].strip(): line for line in lines_of(output, "fault")}
    assert code == 1, output
    assert f"{tmp_path}/file is not a folder" in faults["storage"]
    assert any("yaml is torn" in line for line in lines_of(output, "fault"))
    assert "torch is torn" in faults["torch"]
    assert "ray is torn" in faults["Ray"]
    assert any("optuna is torn" in line for line in lines_of(output, "fault"))
    assert output.splitlines()[-1].split(" fault")[0] == str(len(lines_of(output, "fault")))
    assert "Traceback" not in output
    assert lines_of(output, "ok")[0].startswith("ok     python ")


def test_without_the_option_a_space_is_needed(tmp_path: Path) -> None:
    done = subprocess.run(
        [str(COMMAND), "--check"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert done.stderr.startswith("SPACE: missing; give a space file")
