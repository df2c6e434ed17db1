"""What `key=value` on the command line says, and which file each key belongs to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from search.errors import COMMAND_LINE, Problem, UserError
from search.text.documents import Document, Key
from search.text.yaml_file import parse

SPACE_FILE_SECTIONS = ("search", "resources", "space")
SPACE_FILE_KEYS = ("trainable", "base", "constraints", "try_first")

_KEY = re.compile(r"[A-Za-z_][\w-]*(\.[A-Za-z_][\w-]*)*")


@dataclass(frozen=True)
class Overrides:
    """The overrides by where they go, in the order in which they were given."""

    space_file: dict[Key, Any] = field(default_factory=dict)
    """For the space file, by key path."""
    config: dict[str, Any] = field(default_factory=dict)
    """For the base config, or for searched parameters that they fix, by dotted key."""


def parse_overrides(texts: Sequence[str]) -> tuple[Overrides, list[Problem]]:
    """Every override that can be read, and a problem for each that cannot."""
    overrides = Overrides()
    problems: list[Problem] = []
    seen: set[str] = set()
    for text in texts:
        key, equals, value = text.partition("=")
        wrong = _wrong(text, key, equals, value) or ("is given twice" if key in seen else "")
        seen.add(key)
        if wrong:
            problems.append(Problem(COMMAND_LINE, key if equals else "", wrong))
            continue
        data, bad = _value(key, value)
        problems += bad
        if not bad:
            _store(overrides, key, data)
    return overrides, problems


def _wrong(text: str, key: str, equals: str, value: str) -> str:
    if not equals:
        return f"{text!r} is not of the form key=value, such as search.trials=8"
    if not _KEY.fullmatch(key):
        return f"{key!r} is not a key; keys are words with dots, such as optimizer.lr"
    if not value.strip():
        return f"has no value; {key}=null turns it off, {key}='\"\"' is an empty text"
    return ""


def _value(key: str, value: str) -> tuple[Any, list[Problem]]:
    try:
        document, problems = parse(Path("command line"), value)
    except UserError as error:
        problems = list(error.problems)
        document = Document(Path("command line"), None, {})
    said = [Problem(COMMAND_LINE, key, problem.message) for problem in problems]
    return document.data, said


def _store(overrides: Overrides, key: str, value: Any) -> None:
    head, _, rest = key.partition(".")
    if head == "space" and rest:
        overrides.space_file["space", rest] = value
    elif head in SPACE_FILE_SECTIONS or key in SPACE_FILE_KEYS:
        overrides.space_file[tuple(key.split("."))] = value
    else:
        overrides.config[key] = value
