from __future__ import annotations

from pathlib import Path

import pytest

from search.doctor import installation
from search.doctor.finding import Grade
from search.doctor.installation import judge


def test_a_checkout_that_needs_more_than_was_installed_is_a_fault(tmp_path: Path) -> None:
    project = tmp_path / "pyproject.toml"
    project.write_text('[project]\nname = "tune-run"\ndependencies = ["numpy>=99", "lab-new"]\n')
    found = judge(project)
    assert found.grade is Grade.FAULT
    assert "asks for lab-new, numpy>=99," in found.text
    assert found.mend == f"in {tmp_path}: make install, or pip install -e ."


def test_the_project_of_somebody_else_says_nothing(tmp_path: Path) -> None:
    project = tmp_path / "pyproject.toml"
    project.write_text('[project]\nname = "lab"\ndependencies = ["lab-new"]\n')
    assert judge(project).grade is Grade.OK


def test_code_that_is_not_installed_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(installation, "DISTRIBUTION", "lab-search")
    found = judge(tmp_path / "pyproject.toml")
    assert found.grade is Grade.FAULT
    assert "lab-search is not installed" in found.text
