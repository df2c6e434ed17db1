from __future__ import annotations

import platform

import pytest

from search.doctor import python_version
from search.doctor.check import Site
from search.doctor.finding import Grade
from search.doctor.python_version import judge


@pytest.mark.parametrize(
    ("version", "grade"),
    [("3.10.14", Grade.FAULT), ("3.11.0", Grade.OK), ("3.14.0rc1", Grade.OK)],
)
def test_the_bound_of_the_distribution_counts(version: str, grade: Grade) -> None:
    assert judge(version, ">=3.11").grade is grade


def test_this_python_is_told(site: Site) -> None:
    found = next(iter(python_version.examine(site)))
    assert found.grade is Grade.OK
    assert found.text.startswith(platform.python_version())
