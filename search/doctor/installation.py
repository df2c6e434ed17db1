"""Whether this package is installed, and whether a checkout has changed what it needs since."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import search
from search.doctor.check import Site
from search.doctor.finding import Finding, fault, ok
from search.doctor.packages import DISTRIBUTION, installed, requirements


def examine(_: Site) -> Iterator[Finding]:
    yield judge(Path(search.__file__).parents[1] / "pyproject.toml")


def judge(project: Path) -> Finding:
    """The installed package against the checkout that it is installed from, if it is one."""
    version = installed(DISTRIBUTION)
    if version is None:
        return fault(
            f"the package {DISTRIBUTION} is not installed; its code is run from {project.parent}",
            "in the checkout: make install, or pip install -e .",
        )
    new = _needs_of(project) - {_key(str(r)) for r in requirements(DISTRIBUTION)}
    if new:
        return fault(
            f"{project} asks for {', '.join(sorted(new))}, which was not so when it was installed",
            f"in {project.parent}: make install, or pip install -e .",
        )
    return ok(f"{DISTRIBUTION} {version} in {project.parent}")


def _needs_of(project: Path) -> set[str]:
    if not project.is_file():
        return set()
    table = tomllib.loads(project.read_text()).get("project", {})
    ours = table.get("name") == DISTRIBUTION
    return {_key(text) for text in table.get("dependencies", ())} if ours else set()


def _key(text: str) -> str:
    """A requirement in one way of writing it."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    wanted = Requirement(text)
    extras = f"[{','.join(sorted(wanted.extras))}]" if wanted.extras else ""
    return f"{canonicalize_name(wanted.name)}{extras}{wanted.specifier}"
