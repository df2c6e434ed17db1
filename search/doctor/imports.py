"""Whether the packages that a search needs can be imported: a wheel may not fit the others."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence

from search.doctor.check import Site
from search.doctor.child import ChildError, ask
from search.doctor.finding import Finding, fault, ok

MODULES: Mapping[str, str] = {
    "cmaes": "cmaes",
    "h5py": "h5py",
    "matplotlib": "matplotlib",
    "mlflow": "mlflow",
    "numpy": "numpy",
    "optuna": "optuna",
    "packaging": "packaging",
    "pandas": "pandas",
    "pyarrow": "pyarrow",
    "pydantic": "pydantic",
    "pyyaml": "yaml",
    "rich": "rich",
    "scikit-learn": "sklearn",
    "scipy": "scipy",
    "sqlalchemy": "sqlalchemy",
    "tabulate": "tabulate",
    "typer": "typer",
}
"""Of each distribution the module; those of torch and Ray have checks of their own."""


def examine(_: Site) -> Iterator[Finding]:
    try:
        said = ask(__name__, "attempt", list(MODULES.values()))
    except ChildError as error:
        yield fault(f"one of them ends the process that imports it: {error}", again("that one"))
        return
    broken = [name for name, module in MODULES.items() if said[module] is not None]
    for name in broken:
        yield fault(f"{name} cannot be imported: {said[MODULES[name]]}", again(name))
    if not broken:
        yield ok(f"{', '.join(MODULES)} can be imported")


def again(name: str) -> str:
    """How to mend an installation that broke."""
    return f"install it again: {sys.executable} -m pip install --force-reinstall {name}"


def attempt(names: Sequence[str]) -> dict[str, str | None]:
    """Of each module why it cannot be imported, or None; called in a process of its own."""
    return {name: _attempt(name) for name in names}


def _attempt(name: str) -> str | None:
    # Its last words, if the process does not survive this.
    sys.stderr.write(f"importing {name}\n")
    sys.stderr.flush()
    try:
        importlib.import_module(name)
    except BaseException as error:  # noqa: BLE001 - a broken package may raise anything
        return said(error)
    return None


def said(error: BaseException) -> str:
    """An exception in one line."""
    return "".join(traceback.format_exception_only(error)).strip().splitlines()[0]
