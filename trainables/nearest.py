"""Which known word a mistyped one was probably meant to be."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Text to append to an error: the closest known word as a question, or nothing."""
    names = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word.lower(), names, n=1, cutoff=0.6)
    return f"; did you mean {names[close[0]]!r}?" if close else ""


def listed(names: Iterable[str]) -> str:
    """Names in alphabetical order, upper and lower case mixed, for the end of a sentence."""
    return ", ".join(sorted(names, key=str.lower)) or "none"
