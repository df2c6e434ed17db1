"""torch and its companions stand here as small packages that break as the real ones do."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from search.doctor import torch_build
from search.doctor.check import Site
from search.doctor.finding import Finding, Grade

Install = Callable[..., Path]
Graded = Callable[[Iterable[Finding], Grade], list[str]]

MISMATCH = "raise RuntimeError('operator torchvision::nms does not exist')"


@pytest.fixture
def torch(install: Install) -> Install:
    install("torch", "2.13.0+cpu", source="")
    return install


def test_packages_that_can_be_imported_are_told_with_the_build(torch: Install, site: Site) -> None:
    torch("lightning", "2.6.6", source="")
    (found,) = torch_build.examine(site)
    assert found.grade is Grade.OK
    assert found.text == (
        "torch 2.13.0+cpu, lightning 2.6.6 can be imported; a build for CPUs alone"
    )


def test_a_companion_of_another_build_is_named_as_the_cause(
    torch: Install, site: Site, graded: Graded
) -> None:
    torch("torchvision", "0.20.0", source=MISMATCH)
    torch("lightning", "2.6.6", source="import torchvision")
    found = list(torch_build.examine(site))
    assert graded(found, Grade.FAULT) == [
        "torchvision 0.20.0 does not work with torch 2.13.0+cpu: RuntimeError: operator "
        "torchvision::nms does not exist",
        "lightning 2.6.6 cannot be imported: RuntimeError: operator torchvision::nms "
        "does not exist",
    ]
    assert "uninstall torchvision" in found[0].mend
    assert found[1].mend == "mend torchvision first"


def test_a_companion_for_gpus_beside_a_torch_for_cpus_is_a_note(
    torch: Install, site: Site, graded: Graded
) -> None:
    torch("torchaudio", "2.13.0+cu130", source="")
    torch("lightning", "2.6.6", source="")
    (said,) = graded(torch_build.examine(site), Grade.NOTE)
    assert said.startswith("torch 2.13.0+cpu and torchaudio 2.13.0+cu130 are of different builds")


@pytest.mark.parametrize(
    ("source", "said", "mend"),
    [
        (
            "raise ImportError('libcudart.so.13: cannot open')",
            "torch cannot be imported: ImportError: libcudart.so.13: cannot open",
            "--force-reinstall torch",
        ),
        (
            "import os; os.abort()",
            "torch or Lightning cannot be imported: the process ended with SIGABRT; it said last: "
            "importing torch",
            "--force-reinstall that one",
        ),
    ],
)
def test_a_torch_that_breaks_is_a_fault(
    install: Install, site: Site, source: str, said: str, mend: str
) -> None:
    install("torch", "2.13.0", source=source)
    (found,) = torch_build.examine(site)
    assert found.grade is Grade.FAULT
    assert found.text == said
    assert found.mend.endswith(mend)


def test_malware_is_not_imported(torch: Install, site: Site, tmp_path: Path) -> None:
    mark = tmp_path / "robbed"
    torch("lightning", "2.6.3", source=f"open({str(mark)!r}, 'w')")
    found = list(torch_build.examine(site))
    assert not mark.exists()
    assert found[-1].text == "Lightning was not tried, since lightning 2.6.3 is installed"
