"""A public class or type has a name of its own in its package."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

SHARED = {"Config"}
"""What every trainable has, under the name that the contract gives it."""


def types_of(file: Path) -> Iterator[str]:
    """The classes of a module, and its capitalized aliases (not its constants)."""
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if name[0].isupper() and not name.isupper() and "_" not in name:
                yield name


@pytest.mark.parametrize("package", ["search", "trainables"])
def test_no_two_types_share_a_name(package: str) -> None:
    files = ROOT.glob(f"{package}/**/*.py")
    names = Counter(name for file in files for name in types_of(file) if name[0] != "_")
    assert len(names) > 50
    assert {name for name, count in names.items() if count > 1} <= SHARED
