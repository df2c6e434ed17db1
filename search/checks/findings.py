"""What the checks of a search have found so far, so that every problem is said at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from search.errors import Problem, UserError


@dataclass
class Findings:
    """Problems, which refuse a search, and notes, which a user should know."""

    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, problem: Problem) -> None:
        self.problems.append(problem)

    def extend(self, problems: Iterable[Problem]) -> None:
        self.problems.extend(problems)

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def stop(self) -> None:
        """**Raises**: UserError if there is any problem."""
        if self.problems:
            raise UserError(self.problems)
