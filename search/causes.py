"""The line of a traceback that says what happened."""

from __future__ import annotations


def headline(cause: str | None) -> str:
    """The last line of a cause that is not indented: the one that fits into a table."""
    lines = [line for line in (cause or "").splitlines() if line.strip() and line[0] not in " \t"]
    return lines[-1] if lines else ""
