"""What a YAML file says, with the place in the file of everything that it says."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from search.errors import Place, Problem
from search.masking import masked_text, secrets_of

Key = tuple[str | int, ...]
"""The way to a value: keys of mappings and numbers of list items."""


def spelled(key: Key) -> str:
    """A key path as a user writes it: `space.optimizer.lr.float[0]`."""
    text = ""
    for part in key:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


@dataclass(frozen=True)
class Document:
    """Plain data, and where each of it was written."""

    path: Path
    data: Any
    places: Mapping[Key, Place]

    @property
    def file(self) -> str:
        return str(self.path)

    def place(self, key: Key) -> Place:
        """Where a key was written, or else the closest thing around it."""
        for length in range(len(key), -1, -1):
            if key[:length] in self.places:
                return self.places[key[:length]]
        return Place(self.file, 1, 1)

    def problem(self, key: Key, message: str) -> Problem:
        """A problem of one key of this document, said without the secrets in it."""
        secrets = secrets_of(self.data) if isinstance(self.data, dict) else ()
        return Problem(self.place(key), spelled(key), masked_text(message, secrets))

    def get(self, key: Key) -> Any:
        """The value at a key of mappings; None where there is none."""
        value = self.data
        for part in key:
            value = value.get(part) if isinstance(value, dict) else None
        return value

    def has(self, key: Key) -> bool:
        """Whether something was written at a key of mappings."""
        above = self.get(key[:-1])
        return isinstance(above, dict) and key[-1] in above

    def put(self, key: Key, value: Any, place: Place) -> Document:
        """The same document with one value replaced or added, said to be at `place`."""
        data = deepcopy(self.data) if isinstance(self.data, dict) else {}
        inside = data
        for part in key[:-1]:
            below = inside.get(part)
            inside[part] = below if isinstance(below, dict) else {}
            inside = inside[part]
        inside[key[-1]] = value
        kept = {old: spot for old, spot in self.places.items() if old[: len(key)] != key}
        return replace(self, data=data, places={**kept, key: place})

    def without(self, key: Key) -> Document:
        """The same document with one key left out."""
        data = deepcopy(self.data)
        inside = data
        for part in key[:-1]:
            inside = inside[part]
        inside.pop(key[-1], None)
        kept = {old: spot for old, spot in self.places.items() if old[: len(key)] != key}
        return replace(self, data=data, places=kept)

    def part(self, key: Key) -> Document:
        """What is written under one key, as a document of its own."""
        size = len(key)
        places = {old[size:]: spot for old, spot in self.places.items() if old[:size] == key}
        return replace(self, data=self.get(key), places=places)
