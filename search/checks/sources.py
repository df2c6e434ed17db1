"""The files that a search was read from, and where each value of a parameter is written."""

from __future__ import annotations

from dataclasses import dataclass

from search.space.labels import Label
from search.text.documents import Document, Key


@dataclass(frozen=True)
class Sources:
    """The two files that a search was read from."""

    space: Document
    base: Document

    def of_value(self, name: str, label: Label) -> Key:
        """The key in the space file of one value of a parameter."""
        form = self.space.get(("space", name))
        if isinstance(form, list):
            return ("space", name, *_index(form, label))
        if not isinstance(form, dict):
            return ("space", name)
        kind = next((kind for kind in ("choice", "family", "float", "int") if kind in form), "")
        options = form.get(kind)
        if isinstance(options, dict):
            return ("space", name, kind, str(label))
        return ("space", name, kind, *_index(options if isinstance(options, list) else [], label))


def _index(options: list[object], label: Label) -> tuple[int, ...]:
    return next(((place,) for place, value in enumerate(options) if value == label), ())
