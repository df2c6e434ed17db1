"""The files that a search reads beside its space and its base: what tells that one was changed."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from search.flat import flatten
from search.load import Search
from search.results.checkpoints import sha256

HASHED_BYTES = 500_000_000
"""Larger files are told apart by their size alone, so that a start stays quick."""


@dataclass(frozen=True)
class Look:
    """A file as a person knows it; whether it was changed is told by its content, not by these."""

    path: str
    size: int
    """In bytes."""
    modified: float
    """In seconds since 1970."""

    def __str__(self) -> str:
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(self.modified))
        return f"{self.size:,} bytes, last written {when}"


def digests_of(search: Search) -> dict[str, str]:
    """What tells a change of each file, by the key of the config that names it."""
    return {key: _digest(path) for key, path in _files(search).items()}


def looks_of(search: Search) -> dict[str, dict[str, Any]]:
    """How the same files look, as plain data."""
    return {key: asdict(_look(path)) for key, path in _files(search).items()}


def changed_files(
    before: Mapping[str, str], looks: Mapping[str, Mapping[str, Any]], search: Search
) -> Iterator[str]:
    """Each file that is not what it was, in words; `looks` say how they looked then."""
    now, files = digests_of(search), _files(search)
    for key in dict.fromkeys([*before, *now]):
        if before.get(key) != now.get(key):
            then = Look(**looks[key]) if key in looks else None
            yield f"{key}: {_said(then, files.get(key))}"


def _said(then: Look | None, path: Path | None) -> str:
    if path is None:
        return f"{then.path} was a file ({then}), and is none now" if then else "is no file now"
    now = _look(path)
    if then is None:
        return f"{now.path} is a file now ({now}), and was none then"
    moved = f" instead of {then.path}" if then.path != now.path else ""
    if then.size == now.size:
        return f"{now.path}{moved} has other content of the same size: it was {then}, and is {now}"
    return f"{now.path}{moved} was changed: it was {then}, and is {now}"


def _files(search: Search) -> dict[str, Path]:
    files = {"trainable": search.trainable.file} if search.trainable.file else {}
    base = flatten(search.base)
    files |= {key: value for key, value in base.items() if isinstance(value, str)}
    paths = {key: Path(value) for key, value in files.items() if _is_path(value)}
    return {key: path for key, path in paths.items() if path.is_file()}


def _is_path(text: str) -> bool:
    return os.sep in text and len(text) < 4096 and "\0" not in text


def _look(path: Path) -> Look:
    found = path.stat()
    return Look(str(path.resolve()), found.st_size, found.st_mtime)


def _digest(path: Path) -> str:
    size = path.stat().st_size
    return sha256(path) if size <= HASHED_BYTES else f"{size} bytes"
