"""What says, of a traceback or an exception, what happened."""

from __future__ import annotations


def headline(cause: str | None) -> str:
    """The last line of a cause that is not indented: the one that fits into a table."""
    lines = [line for line in (cause or "").splitlines() if line.strip() and line[0] not in " \t"]
    return lines[-1] if lines else ""


def first_cause(error: BaseException) -> str:
    """The exception that began it, of those that were raised from one another, as one line."""
    while error.__cause__ is not None:
        error = error.__cause__
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
