"""The Python that runs this, against what the installed distribution asks for."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from importlib import metadata

from search.doctor.check import Site
from search.doctor.finding import Finding, fault, note, ok
from search.doctor.packages import DISTRIBUTION, installed


def examine(_: Site) -> Iterator[Finding]:
    there = installed(DISTRIBUTION) is not None
    wanted = metadata.metadata(DISTRIBUTION)["Requires-Python"] if there else None
    yield judge(platform.python_version(), wanted or "")
    if sys.prefix == sys.base_prefix:
        yield note(
            f"no virtual environment: packages are shared with all that uses {sys.executable}",
            "make install makes one in .venv",
        )


def judge(version: str, wanted: str) -> Finding:
    """Whether this Python is one that we run on."""
    from packaging.specifiers import SpecifierSet

    if SpecifierSet(wanted).contains(version, prereleases=True):
        return ok(f"{version} ({sys.executable})")
    return fault(
        f"{version} ({sys.executable}), and {DISTRIBUTION} needs {wanted}",
        "make the environment anew with another Python: make clean; make install PYTHON=python3.X",
    )
