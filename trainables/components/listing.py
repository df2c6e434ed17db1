"""A component as the documentation lists it: usable with its arguments, or refused and why."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ComponentRow:
    """One component of one library."""

    name: str
    library: str
    reason: str = ""
    """Why a config may not name it; empty where it may."""
    arguments: Mapping[str, str] = field(default_factory=dict)
    """Its arguments with their defaults as a config would give them; empty text: it is needed."""

    same_as: str = ""
    """The name under which torch has this very class, if it is another one."""
    note: str = ""
    """What its user should know beforehand."""

    @property
    def works(self) -> bool:
        return not self.reason


def shown(parameters: Mapping[str, inspect.Parameter]) -> dict[str, str]:
    """Arguments with their defaults as a config would give them."""
    return {name: _default(known.default) for name, known in parameters.items()}


def by_letter(names: Iterable[str]) -> list[str]:
    """Names in alphabetical order, upper and lower case mixed."""
    return sorted(names, key=str.lower)


def _default(value: object) -> str:
    return "" if value is inspect.Parameter.empty else json.dumps(value, default=str)
