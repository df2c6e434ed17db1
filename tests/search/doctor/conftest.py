"""A place to look at, and installed packages as a test wants them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from search.doctor.check import Site
from search.doctor.finding import Finding, Grade

Install = Callable[..., Path]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path / "runs")


@pytest.fixture
def graded() -> Callable[[Iterable[Finding], Grade], list[str]]:
    """The texts of the findings of one grade."""

    def graded(found: Iterable[Finding], grade: Grade) -> list[str]:
        return [finding.text for finding in found if finding.grade is grade]

    return graded


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Puts a distribution before all others, for this process and for those that it starts.

    It has the metadata that pip writes, and a package if its source is given.
    """
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setenv("PYTHONPATH", str(folder))

    def install(name: str, version: str, *requires: str, source: str | None = None) -> Path:
        info = folder / f"{name.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
        lines += [f"Requires-Dist: {text}" for text in requires]
        extras = {part for text in requires for part in text.split("extra == ")[1:]}
        lines += [f"Provides-Extra: {extra.strip(chr(39))}" for extra in sorted(extras)]
        (info / "METADATA").write_text("\n".join(lines) + "\n")
        if source is not None:
            package = folder / name.replace("-", "_")
            package.mkdir()
            (package / "__init__.py").write_text(source)
        return folder

    return install


@pytest.fixture
def nvidia(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """An `nvidia-smi` that lists so many GPUs."""

    def nvidia(number: int) -> None:
        folder = tmp_path / "bin"
        folder.mkdir(exist_ok=True)
        program = folder / "nvidia-smi"
        lines = "".join(f"echo 'GPU {index}: H100'\n" for index in range(number))
        program.write_text(f"#!/bin/sh\n{lines}")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)

    return nvidia
