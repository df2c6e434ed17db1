"""Lengths of time as a user writes them, such as `15min`: seconds inside, text outside."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

UNITS: Mapping[str, int] = {"s": 1, "min": 60, "h": 3600, "d": 86400}
"""Seconds in each unit."""

LONGEST = 365
"""Days; timers of the operating system end somewhere, and nobody waits longer."""

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_BARE = re.compile(_NUMBER, re.ASCII)
_WRITTEN = re.compile(rf"({_NUMBER})\s*([A-Za-z]+)", re.ASCII)
_ALLOWED = f"allowed: {', '.join(UNITS)}"


def seconds_of(written: Any) -> float:
    """The seconds of a text such as `90s`, `15min`, `2h` or `1d`.

    **Raises** PydanticCustomError without the value, which whoever tells it adds.
    """
    text = written.strip() if isinstance(written, str) else ""
    if _is_number(written) or _BARE.fullmatch(text):
        raise _refused(f"has no unit; write 90s or 2min ({_ALLOWED})")
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise _refused("expected a length of time such as 90s, 15min, 2h or 1d")
    number, unit = match.groups()
    if unit not in UNITS:
        raise _refused(f"unknown unit {unit[:80]!r}; write 90s or 2min ({_ALLOWED})")
    return _bounded(float(number) * UNITS[unit])


def _is_number(written: Any) -> bool:
    is_number = isinstance(written, int | float) and not isinstance(written, bool)
    return is_number and math.isfinite(written)


def _bounded(seconds: float) -> float:
    if not seconds > 0:
        raise _refused("must be longer than 0s, or null for no limit")
    if seconds > LONGEST * UNITS["d"]:
        raise _refused(f"must be at most {LONGEST}d, or null for no limit")
    return seconds


def _refused(text: str) -> PydanticCustomError:
    return PydanticCustomError("duration", "{text}", {"text": text})


def as_text(seconds: float) -> str:
    """Seconds in the largest unit that is whole, else in seconds; `seconds_of` reads it back."""
    for unit, size in reversed(list(UNITS.items())):
        if seconds % size == 0:
            return f"{int(seconds // size)}{unit}"
    return f"{seconds!r}s"


Duration = Annotated[
    float,
    BeforeValidator(seconds_of),
    PlainSerializer(as_text, return_type=str),
    WithJsonSchema(
        {"type": "string", "pattern": r"^\s*[0-9.]+([eE][+-]?[0-9]+)?\s*(s|min|h|d)\s*$"}
    ),
]
"""Seconds, given as a text with its unit and written as one again."""
