"""torch stands here as a small package that sees the GPUs that a test wants."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from search.doctor import gpus
from search.doctor.check import Site
from search.doctor.finding import Finding, Grade

Install = Callable[..., Path]

TORCH = """
import types, warnings
__version__ = "2.13.0"
version = types.SimpleNamespace(cuda=CUDA, hip=None)
class cuda:
    @staticmethod
    def is_available():
        if WARNING: warnings.warn(WARNING)
        return NUMBER > 0
    @staticmethod
    def device_count():
        return NUMBER
    @staticmethod
    def get_device_name(index):
        return "NVIDIA H100"
class ones:
    def __init__(self, size, device):
        if device == BROKEN: raise RuntimeError("CUDA error: no kernel image is available")
    def sum(self):
        return self
    def item(self):
        return 8.0
"""

See = Callable[..., None]


@pytest.fixture
def see(install: Install) -> See:
    def see(number: int, cuda: str | None = "13.0", warning: str = "", broken: str = "") -> None:
        facts = {"NUMBER": number, "CUDA": cuda, "WARNING": warning, "BROKEN": broken}
        head = "".join(f"{name} = {value!r}\n" for name, value in facts.items())
        install("torch", "2.13.0", source=head + TORCH)

    return see


def only(found: Iterable[Finding]) -> Finding:
    (one,) = found
    return one


def test_gpus_that_torch_computes_on_are_named(
    see: See, nvidia: Callable[[int], None], site: Site
) -> None:
    nvidia(2)
    see(2)
    found = only(gpus.examine(site))
    assert (found.grade, found.text) == (Grade.OK, "2: NVIDIA H100, NVIDIA H100")


def test_a_driver_that_is_too_old_is_a_fault_in_the_words_of_torch(
    see: See, nvidia: Callable[[int], None], site: Site
) -> None:
    nvidia(2)
    see(0, warning="The NVIDIA driver on your system is too old (found version 12040).")
    found = only(gpus.examine(site))
    assert found.grade is Grade.FAULT
    assert found.text.startswith("nvidia-smi lists 2 GPUs, and torch 2.13.0 sees none")
    assert "too old (found version 12040)" in found.text
    assert "driver" in found.mend


def test_a_torch_for_cpus_beside_a_gpu_is_a_note(
    see: See, nvidia: Callable[[int], None], site: Site
) -> None:
    nvidia(1)
    see(0, cuda=None)
    found = only(gpus.examine(site))
    assert found.grade is Grade.NOTE
    assert "nvidia-smi lists 1 GPU, and torch 2.13.0 is a build for CPUs alone" in found.text


def test_a_gpu_that_cannot_compute_is_a_fault(
    see: See, nvidia: Callable[[int], None], site: Site
) -> None:
    nvidia(2)
    see(2, broken="cuda:1")
    found = next(iter(gpus.examine(site)))
    assert found.grade is Grade.FAULT
    assert found.text == (
        "GPU 1 (NVIDIA H100) cannot compute: RuntimeError: CUDA error: no kernel image is available"
    )


def test_without_gpus_searches_run_on_cpus(
    see: See, nvidia: Callable[[int], None], site: Site
) -> None:
    nvidia(0)
    see(0, cuda=None)
    assert only(gpus.examine(site)).grade is Grade.OK
