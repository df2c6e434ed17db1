"""Markdown from plain values: the one way in which the pages write tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; what would break it (a bar, a new line) is written so that it does not."""
    lines = [_line(head), _line(["---"] * len(head)), *(_line(row) for row in rows)]
    return "\n".join(lines) + "\n"


def code(words: Iterable[object]) -> str:
    """Words in the type of code, with commas between them."""
    return ", ".join(f"`{word}`" for word in words)


def arguments(defaults: Mapping[str, str]) -> str:
    """Arguments as they would be given, those without a default by their name alone."""
    return code(f"{name}: {default}" if default else name for name, default in defaults.items())


def page(title: str, *parts: str) -> str:
    """A page: its title, the note that it is made, and its parts with an empty line between."""
    note = "*Made from the code by `make docs`; change the code, not this page.*"
    return "\n\n".join(part.strip("\n") for part in (f"# {title}", note, *parts)) + "\n"


def _line(cells: Sequence[object]) -> str:
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(cell: object) -> str:
    return " ".join(str(cell).replace("|", "\\|").split())
