"""What CONTRIBUTING says of the files is true of the files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PLACES = ("search", "trainables", "tests", "spaces", "configs", "notebooks")
FILE = re.compile(r"[\w.*-]+(?:/[\w.*-]+)*\.(?:py|yaml|json|toml|md|txt|ipynb)\b")
FOLDER = re.compile(r"(?<![\w/])(?:[\w-]+/)+(?![\w.*-])")
NEW = {"configs/x.yaml", "spaces/x.yaml", "A.json", "B.json", "faults.md"}
"""What stands for a file that is yet to be written, or is written by a command of `make`."""


def named(text: str) -> set[str]:
    """The files and folders that a text names, whole or from some folder on."""
    return {*FILE.findall(text), *FOLDER.findall(text)}


def existing() -> Iterator[str]:
    """Every file and folder of the project, from its root on."""
    for place in (ROOT / place for place in PLACES):
        yield f"/{place.name}/"
        for path in place.rglob("*"):
            yield f"/{path.relative_to(ROOT)}" + ("/" if path.is_dir() else "")
    yield from (f"/{path.name}" for path in ROOT.iterdir() if path.is_file())


def test_every_file_that_it_names_is_there() -> None:
    found = named((ROOT / "CONTRIBUTING.md").read_text())
    assert {"search/engine/session.py", "record_rows.py", "trainables/docs/", "text/"} <= found
    there = tuple(existing())
    missing = {name for name in found - NEW if not any(p.endswith(f"/{name}") for p in there)}
    assert missing == set()
