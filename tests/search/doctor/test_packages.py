from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from search.doctor import packages
from search.doctor.check import Site
from search.doctor.finding import Finding, Grade
from search.doctor.packages import unmet

Install = Callable[..., Path]
Graded = Callable[[Iterable[Finding], Grade], list[str]]


@pytest.fixture
def ours(monkeypatch: pytest.MonkeyPatch) -> str:
    """The distribution that is looked at, in place of the installed one."""
    monkeypatch.setattr(packages, "DISTRIBUTION", "lab-search")
    return "lab-search"


def test_a_package_below_its_bound_is_a_fault_with_the_command(
    ours: str, install: Install, site: Site
) -> None:
    install(ours, "1.0", "lab-numbers>=2,<3")
    install("lab-numbers", "1.9")
    (found,) = packages.examine(site)
    assert found.grade is Grade.FAULT
    assert found.text == "lab-search needs lab-numbers<3,>=2, and version 1.9 is installed"
    assert found.mend == f"{sys.executable} -m pip install 'lab-numbers<3,>=2'"


def test_a_missing_package_is_a_fault(ours: str, install: Install, site: Site) -> None:
    install(ours, "1.0", "lab-numbers>=2")
    (found,) = packages.examine(site)
    assert found.grade is Grade.FAULT
    assert found.text.endswith("and it is not installed")


@pytest.mark.parametrize("version", ["2.0", "2.13.0+cpu", "2.5rc1"])
def test_packages_within_their_bounds_are_listed(
    ours: str, install: Install, site: Site, version: str
) -> None:
    install(ours, "1.0", "lab-numbers>=2,<3")
    install("lab-numbers", version)
    (found,) = packages.examine(site)
    assert found.grade is Grade.OK
    assert f"lab-numbers {version}" in found.text


def test_what_an_extra_needs_is_missed_under_the_name_of_the_extra(
    ours: str, install: Install, site: Site
) -> None:
    install(ours, "1.0", "lab-cluster[pages]>=2")
    install("lab-cluster", "2.0", "lab-web; extra == 'pages'", "lab-cloud; extra == 'cloud'")
    (found, fine) = packages.examine(site)
    assert found.grade is Grade.FAULT
    assert found.text == "lab-cluster[pages] needs lab-web, and it is not installed"
    assert found.mend.endswith("pip install 'lab-cluster[pages]>=2'")
    assert fine.grade is Grade.OK


def test_a_dependency_that_is_stricter_than_we_are_is_a_note(
    ours: str, install: Install, site: Site, graded: Graded
) -> None:
    install(ours, "1.0", "lab-cluster", "lab-numbers>=2")
    install("lab-cluster", "2.0", "lab-numbers<2")
    install("lab-numbers", "2.1")
    found = list(packages.examine(site))
    assert graded(found, Grade.FAULT) == []
    assert graded(found, Grade.NOTE) == [
        "lab-cluster needs lab-numbers<2, and version 2.1 is installed"
    ]


def test_what_another_system_needs_is_not_missed(ours: str, install: Install) -> None:
    install(ours, "1.0", "lab-windows; sys_platform == 'nosuch'")
    assert list(unmet(ours)) == []


def test_two_versions_of_one_package_are_told(
    ours: str, install: Install, site: Site, graded: Graded
) -> None:
    install(ours, "1.0", "lab-numbers")
    install("lab-numbers", "1.9")
    install("lab-numbers", "2.0")
    (said,) = graded(packages.examine(site), Grade.NOTE)
    assert said.startswith("lab-numbers is installed more than once: ")
    assert "1.9 in" in said
    assert "2.0 in" in said
