"""Which labels and bounds a domain may have, said for the user who wrote it."""

from __future__ import annotations

import math
from typing import Any

from search.space.labels import Label, compact, shown

MAX_LABEL = 250
MAX_STEPS = 10**9


class DomainError(ValueError):
    """A domain that cannot be searched, said for the user who wrote it."""


def is_number(value: Any) -> bool:
    """Whether a value is a finite number, which true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def label_of(value: Any) -> Label:
    """The label of an option that was given without a name."""
    if isinstance(value, dict):
        raise DomainError("an option that is a mapping needs a name: choice: {small: {...}}")
    return compact(value) if isinstance(value, list) else value


def check_label(label: Label) -> None:
    """**Raises**: DomainError for a label that cannot be stored."""
    if isinstance(label, float) and not math.isfinite(label):
        raise DomainError(f"{label} is not a finite number")
    if isinstance(label, str) and not 0 < len(label) <= MAX_LABEL:
        raise DomainError(f"an option's text needs 1 to {MAX_LABEL} characters; give it a name")


def check_number(name: str, value: Any) -> None:
    """**Raises**: DomainError if a bound is not a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        kind = "text" if isinstance(value, str) else "not a number"
        raise DomainError(f"{name} must be a number, but {shown(value)} is {kind}")
    if not math.isfinite(value):
        raise DomainError(f"{name} must be finite, found {value}")


def check_order(low: float, high: float) -> None:
    """**Raises**: DomainError unless low lies below high."""
    if low == high:
        raise DomainError(f"low equals high ({low}); put the constant into the base config instead")
    if low > high:
        raise DomainError(f"low ({low}) must be smaller than high ({high})")


def check_scale(low: float, log: bool, step: float | None, *, smallest: float) -> None:
    """**Raises**: DomainError if a logarithmic scale does not fit the range."""
    if not isinstance(log, bool):
        raise DomainError(f"log must be true or false, found {shown(log)}")
    if log and step is not None:
        raise DomainError("log and step cannot be combined")
    if log and (low < smallest or low == 0):
        least = "low > 0" if smallest == 0 else f"low >= {smallest}"
        raise DomainError(f"log needs {least}, found {low}")


def check_step(step: float, width: float, steps: float = MAX_STEPS) -> None:
    """**Raises**: DomainError if a step does not fit the range."""
    if step <= 0:
        raise DomainError(f"step must be greater than 0, found {step}")
    if step > width:
        raise DomainError(f"step ({step}) is larger than the range ({width})")
    if width / step > steps:
        raise DomainError(f"step ({step}) is too small for the range ({width})")
