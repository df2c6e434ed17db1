"""Reads `{family: ...}`: names of components that the trainable groups, in place of a list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from search.errors import nearest
from search.space.bounds import DomainError
from search.space.domains import Choice
from search.space.labels import shown

Families = Callable[[str], Mapping[str, tuple[str, ...]]]
"""The families of a config section, such as `optimizer`, each with its names."""

NAME = "name"
"""The key of a section under which a component is named."""


def no_families(section: str) -> Mapping[str, tuple[str, ...]]:
    """What a trainable without families has."""
    del section
    return {}


def read_family(parameter: str, given: Any, families: Families) -> Choice:
    """The choice that one family, or a list of them, stands for; each name once.

    **Raises** DomainError if the parameter has no families, or none of that name.
    """
    section, _, last = parameter.rpartition(".")
    known = families(section) if last == NAME else {}
    if not known:
        raise DomainError(
            "has no families; a family stands for the names of components, as in "
            "optimizer.name: {family: default}. List the values: {choice: [...]}"
        )
    wanted = given if isinstance(given, list) else [given]
    if not wanted:
        raise DomainError(f"family names no family; there are {', '.join(sorted(known))}")
    return Choice.of(list(dict.fromkeys(name for one in wanted for name in _names(one, known))))


def _names(family: Any, known: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    if not isinstance(family, str):
        raise DomainError(f"family needs a name or a list of names, found {shown(family)}")
    if family not in known:
        listed = ", ".join(sorted(known))
        raise DomainError(f"no family {family!r}; there are {listed}{nearest(family, known)}")
    return known[family]
