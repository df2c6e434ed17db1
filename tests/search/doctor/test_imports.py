from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from search.doctor import imports
from search.doctor.check import Site
from search.doctor.finding import Grade
from search.doctor.packages import requirements

Install = Callable[..., Path]

ABI = "raise ValueError('numpy.dtype size changed, may indicate binary incompatibility')"


def test_packages_that_do_not_fit_each_other_are_named(install: Install, site: Site) -> None:
    install("h5py", "3.12", source=ABI)
    install("tabulate", "0.9", source="raise SystemExit('torn')")
    found = [finding for finding in imports.examine(site) if finding.grade is Grade.FAULT]
    assert [finding.text for finding in found] == [
        "h5py cannot be imported: ValueError: numpy.dtype size changed, may indicate binary "
        "incompatibility",
        "tabulate cannot be imported: SystemExit: torn",
    ]
    assert found[1].mend.endswith("pip install --force-reinstall tabulate")


def test_a_package_that_crashes_is_told(install: Install, site: Site) -> None:
    install("cmaes", "0.12", source="import os; os.abort()")
    (found,) = imports.examine(site)
    assert found.grade is Grade.FAULT
    assert found.text.endswith("the process ended with SIGABRT; it said last: importing cmaes")


@pytest.mark.parametrize("name", sorted({wanted.name for wanted in requirements("tune-run")}))
def test_every_dependency_is_tried_by_some_check(name: str) -> None:
    elsewhere = {"ray", "torch", "lightning"}
    # These two come with Lightning, and optuna-dashboard is a program.
    beside = {"torchmetrics", "pytorch_optimizer", "pytorch-optimizer", "optuna-dashboard"}
    assert name in {*imports.MODULES, *elsewhere, *beside}
