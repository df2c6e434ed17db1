"""How a user's mistake is said: where, which key, what is wrong, what is allowed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from search.masking import masked_complaint


@dataclass(frozen=True, order=True)
class Place:
    """A spot in a file that the user wrote (line and column from 1), or the command line (0)."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


COMMAND_LINE = Place("command line")


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake, said in one line."""

    place: Place
    key: str
    message: str

    def __str__(self) -> str:
        message = masked_complaint(self.key, self.message)
        return ": ".join(part for part in (str(self.place), self.key, message) if part)


class UserError(Exception):
    """Every mistake that was found in what the user gave; the only exception for bad input."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def refuse(file: str, message: str) -> UserError:
    """A UserError of one problem that concerns a whole file, a folder or an argument."""
    return UserError([Problem(Place(file), "", message)])


def nearest(word: str, known: Iterable[str]) -> str:
    """The words `; did you mean 'x'?` if one of the known words is close, else nothing.

    A wrong case alone is the closest that a word can be.
    """
    folded = {str(name).casefold(): str(name) for name in known}
    close = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    return f"; did you mean {folded[close[0]]!r}?" if close else ""
