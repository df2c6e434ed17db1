"""What is refused in a base config that the command line has changed, told where it changed."""

from __future__ import annotations

from search.errors import COMMAND_LINE, Problem
from search.masking import masked
from search.space.labels import shown
from search.text.documents import Document, Key, spelled


def base_problem(base: Document, key: Key, message: str) -> Problem:
    """A problem of one key of the base config.

    Where a whole section is refused, and the command line has changed something in it, that is the
    place; where it has changed something beside the key, the message says so.
    """
    problem = base.problem(key, message)
    message = problem.message
    if problem.place == COMMAND_LINE:
        return problem
    changed = [own for own, place in base.places.items() if place == COMMAND_LINE]
    inside = [own for own in changed if own[: len(key)] == key and _concerns(own, key, message)]
    if inside:
        return Problem(COMMAND_LINE, _given(base, inside), message)
    beside = [own for own in changed if own[:1] == key[:1]]
    if beside:
        message = f"{message}; the command line says {_given(base, beside)}"
    return Problem(problem.place, problem.key, message)


def _concerns(changed: Key, key: Key, message: str) -> bool:
    """Whether what is said of a key is about this change: of the whole config only by its name."""
    return bool(key) or spelled(changed) in message


def _given(base: Document, keys: list[Key]) -> str:
    return " ".join(f"{spelled(key)}={_written(spelled(key), base.get(key))}" for key in keys)


def _written(key: str, value: object) -> str:
    value = masked({key: value})[key]
    return value if isinstance(value, str) else shown(value)
