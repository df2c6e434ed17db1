"""What is installed, against what the installed distribution and its extras ask for."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING

from search.doctor.check import Site
from search.doctor.finding import Finding, fault, note, ok

if TYPE_CHECKING:
    # Imported where it is used: its absence must not keep the other checks from speaking.
    from packaging.requirements import Requirement

DISTRIBUTION = "tune-run"


@dataclass(frozen=True)
class Unmet:
    """One requirement that the installed packages do not meet."""

    wanted: Requirement
    by: str
    version: str | None
    ours: Requirement
    """The requirement of our own that leads to it: what to install again."""

    def __str__(self) -> str:
        there = f"version {self.version} is" if self.version else "it is not"
        return f"{self.by} needs {self.wanted.name}{self.wanted.specifier}, and {there} installed"


def examine(_: Site) -> Iterator[Finding]:
    if installed(DISTRIBUTION) is None:
        yield note(f"not known, since {DISTRIBUTION} is not installed")
        return
    found = list(unmet(DISTRIBUTION))
    yield from map(_finding, found)
    ours = sorted({wanted.name for wanted in requirements(DISTRIBUTION)}, key=str.lower)
    if not any(one.by == DISTRIBUTION for one in found):
        versions = ", ".join(f"{name} {installed(name)}" for name in ours)
        yield ok(f"{len(ours)} dependencies are within their bounds: {versions}")
    yield from _twice(ours)


def installed(name: str) -> str | None:
    """The version of a distribution, or None."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def requirements(distribution: str, extra: str = "") -> list[Requirement]:
    """What a distribution needs on this machine; of an extra only what that adds."""
    from packaging.requirements import Requirement

    wanted = [Requirement(text) for text in metadata.requires(distribution) or ()]
    without = [one for one in wanted if one.marker is None or one.marker.evaluate({"extra": ""})]
    if not extra:
        return without
    return [one for one in wanted if one.marker and one.marker.evaluate({"extra": extra})]


def unmet(distribution: str) -> Iterator[Unmet]:
    """Everything that is missing or of a wrong version, down to the needs of the needs."""
    waiting = [(wanted, distribution, wanted) for wanted in requirements(distribution)]
    seen: set[tuple[str, str]] = set()
    told: set[str] = set()
    while waiting:
        wanted, by, ours = waiting.pop(0)
        version = installed(wanted.name)
        fits = version is not None and wanted.specifier.contains(version, prereleases=True)
        if not fits and str(wanted) not in told:
            told.add(str(wanted))
            yield Unmet(wanted, by, version, ours)
        for extra in ("", *sorted(wanted.extras)) if version else ():
            if (wanted.name, extra) not in seen:
                seen.add((wanted.name, extra))
                name = f"{wanted.name}[{extra}]" if extra else wanted.name
                waiting += [(needed, name, ours) for needed in requirements(wanted.name, extra)]


def _finding(one: Unmet) -> Finding:
    mend = f"{sys.executable} -m pip install {shlex.quote(str(one.ours))}"
    # What a dependency asks of its own dependencies is often stricter than what works.
    serious = one.by == DISTRIBUTION or one.version is None
    return fault(str(one), mend) if serious else note(str(one), mend)


def _twice(names: list[str]) -> Iterator[Finding]:
    """An upgrade that broke off leaves two versions of a package, of which either may be loaded."""
    for name in names:
        places = {
            found.version: str(found.locate_file("")) for found in metadata.distributions(name=name)
        }
        if len(places) > 1:
            said = ", ".join(f"{version} in {place}" for version, place in places.items())
            yield note(
                f"{name} is installed more than once: {said}",
                f"{sys.executable} -m pip uninstall {name} until none is left, then install it",
            )
