"""torch and Lightning: whether they can be imported, and whether their companions fit."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence

from search.doctor.check import Site
from search.doctor.child import ChildError, ask
from search.doctor.finding import Finding, fault, note, ok
from search.doctor.imports import again
from search.doctor.malware import bad_releases
from search.doctor.packages import installed

NEEDED = ("torch", "lightning")
COMPANIONS = ("torchvision", "torchaudio")
"""Not needed by us, but Lightning and torchmetrics import them where they are installed."""


def examine(_: Site) -> Iterator[Finding]:
    bad = bad_releases()
    companions = [name for name in COMPANIONS if installed(name)]
    try:
        # A bad release robs whoever imports it.
        said = ask(
            "search.doctor.imports",
            "attempt",
            [NEEDED[0], *companions, *([] if bad else NEEDED[1:])],
        )
    except ChildError as error:
        yield fault(f"torch or Lightning cannot be imported: {error}", again("that one"))
        return
    yield from judge(said, companions)
    if bad:
        yield note(f"Lightning was not tried, since {', '.join(bad)} is installed")


def judge(said: Mapping[str, str | None], companions: Sequence[str]) -> Iterator[Finding]:
    """What the attempts to import them mean."""
    if said["torch"] is not None:
        yield fault(f"torch cannot be imported: {said['torch']}", again("torch"))
        return
    broken = [name for name in companions if said[name] is not None]
    for name in broken:
        yield fault(
            f"{name} {installed(name)} does not work with torch {installed('torch')}: {said[name]}",
            f"install both from one index, in one command: {_pip('install --upgrade')} torch {name}"
            f"; or do without: {_pip('uninstall')} {name}",
        )
    if (error := said.get("lightning")) is not None:
        mend = f"mend {broken[0]} first" if broken else again("lightning")
        yield fault(f"lightning {installed('lightning')} cannot be imported: {error}", mend)
    for name in set(companions) - set(broken):
        yield from _other_build(name)
    if not broken and error is None:
        parts = [f"{name} {installed(name)}" for name in said]
        yield ok(f"{', '.join(parts)} can be imported; a build for {_build(installed('torch'))}")


def _other_build(name: str) -> Iterator[Finding]:
    torch, other = installed("torch"), installed(name)
    if _tag(torch) and _tag(other) and _tag(torch) != _tag(other):
        yield note(
            f"torch {torch} and {name} {other} are of different builds; their GPU code may not fit",
            f"install both from one index: {_pip('install --upgrade')} torch {name}",
        )


def _build(version: str | None) -> str:
    tag = _tag(version)
    return {"": "the default of its index", "cpu": "CPUs alone"}.get(tag, tag)


def _tag(version: str | None) -> str:
    """The build behind the plus sign of a version: `cpu`, `cu130`."""
    return (version or "").partition("+")[2]


def _pip(command: str) -> str:
    return f"{sys.executable} -m pip {command}"
