"""MLflow: whether the store can be opened that searches would be written to."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from search.doctor.check import Site
from search.doctor.child import ChildError, ask
from search.doctor.finding import Finding, fault, note, ok
from search.doctor.reach import reach_fault

VARIABLE = "MLFLOW_TRACKING_URI"
SQLITE = "sqlite:///"
PORTS = {"http": 80, "https": 443}


def examine(site: Site) -> Iterator[Finding]:
    from search.engine.tracker import tracking_uri

    yield from _old_store(Path.cwd())
    uri = tracking_uri(site.storage)
    if (said := server_fault(uri)) is not None:
        yield fault(f"{uri} cannot be reached: {said}", _elsewhere(site))
        return
    if uri.startswith(SQLITE):
        file = Path(uri.removeprefix(SQLITE).partition("?")[0])
        if not file.exists():
            yield ok(f"{file} will be made by the first search")
            return
        if (said := file_fault(file)) is not None:
            yield fault(f"{file} is no MLflow store ({said})", _anew(file))
            return
    yield _open(uri, site)


def server_fault(uri: str) -> str | None:
    """Why the server of an address does not answer; None if it does, or if there is none."""
    parts = urlsplit(uri)
    if parts.scheme not in PORTS or not parts.hostname:
        return None
    return reach_fault(parts.hostname, parts.port or PORTS[parts.scheme])


def file_fault(file: Path) -> str | None:
    """Why MLflow would take a file for a new one, and write to it; None if it would not."""
    try:
        with closing(
            sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
        ) as connection:
            versions = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    except sqlite3.Error as error:
        return str(error)
    return None if versions else "it has no version of its tables"


def _open(uri: str, site: Site) -> Finding:
    try:
        found = ask("search.engine.store_doctor", "open_store", str(site.storage))
    except ChildError as error:
        mend = _mend(str(error), uri, site)
        return fault(f"{uri} cannot be opened: {error}", mend)
    return ok(f"{uri} can be opened, with tables of MLflow {found['version']}")


def _mend(said: str, uri: str, site: Site) -> str:
    if "out-of-date database schema" in said and uri.startswith(SQLITE):
        file = uri.removeprefix(SQLITE)
        return (
            f"another version of MLflow wrote it: cp {file} {file}.old; mlflow db upgrade {uri}; "
            "if that knows no such revision, a newer one wrote it: install that one"
        )
    return _elsewhere(site)


def _elsewhere(site: Site) -> str:
    if os.environ.get(VARIABLE):
        return (
            f"mend the server or the address, or unset {VARIABLE}: searches are then tracked in "
            f"{site.storage}/mlflow.db; a search runs on meanwhile, and `tune-track sync NAME` "
            "writes what is missing"
        )
    return _anew(site.storage / "mlflow.db")


def _anew(file: Path) -> str:
    return f"mv {file} {file}.old; `tune-track sync NAME` writes searches to a new one"


def _old_store(here: Path) -> Iterator[Finding]:
    if (here / "mlruns").is_dir():
        yield note(
            f"{here / 'mlruns'} is an old store: `mlflow ui` typed here would take that one, "
            "not the store of the searches",
            "tune-track names the right store; or move mlruns away",
        )
