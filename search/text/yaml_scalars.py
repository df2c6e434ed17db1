"""Which unquoted words YAML 1.2 reads as numbers, truth values or nothing (PyYAML follows 1.1)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

Scalar = None | bool | int | float | str

LARGEST_INT = 2**63 - 1
"""Whole numbers beyond it fit neither a database column nor a tensor."""

SMART_QUOTES = "\u201c\u201d\u2018\u2019\u201e\xab\xbb"
"""At the beginning of a text without quotes they were meant as quotes."""


class ScalarError(ValueError):
    """A word that looks like a number but cannot be kept as one."""


def _int(base: int) -> Callable[[str], int]:
    def read(word: str) -> int:
        # int() refuses more than 4300 digits with an error of its own
        number = int(word, base) if len(word) < 100 else LARGEST_INT + 1
        if abs(number) > LARGEST_INT:
            raise ScalarError(f"the whole number {_short(word)} is too large")
        return number

    return read


def _float(word: str) -> float:
    number = float(word)
    if math.isinf(number):
        raise ScalarError(f"the number {_short(word)} is too large")
    return number


def _special(word: str) -> float:
    return float(word.replace(".", ""))


def _short(word: str) -> str:
    return word if len(word) <= 40 else f"{word[:37]}..."


# The core schema of YAML 1.2.2, section 10.3.2, in the order in which it is tried.
_CORE: tuple[tuple[re.Pattern[str], Callable[[str], Scalar]], ...] = (
    (re.compile(r"|~|null|Null|NULL"), lambda _: None),
    (re.compile(r"true|True|TRUE"), lambda _: True),
    (re.compile(r"false|False|FALSE"), lambda _: False),
    (re.compile(r"[-+]?[0-9]+"), _int(10)),
    (re.compile(r"0o[0-7]+"), lambda word: _int(8)(word[2:])),
    (re.compile(r"0x[0-9a-fA-F]+"), lambda word: _int(16)(word[2:])),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"), _float),
    (re.compile(r"[-+]?\.(inf|Inf|INF)"), _special),
    (re.compile(r"\.(nan|NaN|NAN)"), _special),
)


def plain_value(word: str) -> Scalar:
    """The value of an unquoted word: `1e-3` is a number; `off`, `1_000` and `12:30` are text.

    **Raises**: ScalarError for a number that is too large to be kept.
    **Source**: YAML 1.2.2, section 10.3.2.
    """
    for pattern, read in _CORE:
        if pattern.fullmatch(word):
            return read(word)
    return word
