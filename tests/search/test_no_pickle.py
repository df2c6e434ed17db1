"""Whoever can write a file that is unpickled can run anything: nothing of ours reads such files."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = sorted((*(ROOT / "search").rglob("*.py"), *(ROOT / "trainables").rglob("*.py")))
UNSAFE = {"pickle", "cPickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}


def unsafe_names(text: str) -> set[str]:
    """The modules that unpickle among those that a module imports, also as parts of others."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found.update(part for alias in node.names for part in alias.name.split("."))
        elif isinstance(node, ast.ImportFrom):
            found.update((node.module or "").split("."))
            found.update(alias.name for alias in node.names)
    return found & UNSAFE


def careless_loads(text: str) -> list[int]:
    """The lines that let torch or Lightning unpickle, or leave open whether they do."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("torch.load", "load_from_checkpoint")
        and not any(
            keyword.arg == "weights_only" and ast.unparse(keyword.value) == "True"
            for keyword in node.keywords
        )
    ]


def test_no_module_of_ours_unpickles() -> None:
    found = {str(file): unsafe_names(file.read_text()) for file in OURS}
    assert {file: names for file, names in found.items() if names} == {}


def test_checkpoints_are_read_as_weights_alone() -> None:
    found = {str(file): careless_loads(file.read_text()) for file in OURS}
    assert {file: lines for file, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "text",
    ["import pickle", "from ray import cloudpickle", "import ray.cloudpickle as cp"],
)
def test_an_import_that_unpickles_would_be_found(text: str) -> None:
    assert unsafe_names(text)


def test_a_careless_load_would_be_found() -> None:
    assert careless_loads("x = 1\ntorch.load(f)\ntorch.load(f, weights_only=False)") == [2, 3]
