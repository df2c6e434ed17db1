"""What a check says: a grade, what was found, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Grade(StrEnum):
    """How bad a finding is: only a fault keeps a search from working."""

    OK = "ok"
    NOTE = "note"
    FAULT = "fault"


@dataclass(frozen=True)
class Finding:
    """One thing that was found, in words for whoever has to act on it."""

    grade: Grade
    text: str
    mend: str = ""


def ok(text: str) -> Finding:
    return Finding(Grade.OK, text)


def note(text: str, mend: str = "") -> Finding:
    return Finding(Grade.NOTE, text, mend)


def fault(text: str, mend: str) -> Finding:
    return Finding(Grade.FAULT, text, mend)


def fault_as_said(text: str) -> Finding:
    """A fault of one of our errors: they name what is wrong, a semicolon, and what to do."""
    found, _, mend = text.partition("; ")
    return fault(found, mend)
