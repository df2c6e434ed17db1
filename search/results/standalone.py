"""Whether a trainable's file works in another folder, or needs what lies in its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path


def needs_of(file: Path) -> tuple[str, ...]:
    """What a Python file needs from its own folder: modules that it imports, its own place.

    Empty if a copy of the file alone does the same elsewhere. What it opens by a path is not seen.
    """
    tree = ast.parse(file.read_text(encoding="utf-8"))
    beside = {name: found for name in _imported(tree) if (found := _beside(file.parent, name))}
    place = ["__file__"] if _asks_for_its_place(tree) else []
    return (*sorted(beside.values()), *place)


def _imported(tree: ast.Module) -> Iterator[str]:
    """The packages of all imports, wherever in the file they are."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


def _beside(folder: Path, name: str) -> str | None:
    if (folder / f"{name}.py").is_file():
        return f"{name}.py"
    return f"{name}/" if any((folder / name).glob("*.py")) else None


def _asks_for_its_place(tree: ast.Module) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "__file__" for node in ast.walk(tree))
