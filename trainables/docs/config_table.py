"""The keys of a config section as a table: name, default and what it says of itself."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from trainables.docs import markdown


def keys(section: type[BaseModel]) -> str:
    """A table of the keys of a model."""
    return markdown.table(("key", "default", "meaning"), _rows(section))


def _rows(section: type[BaseModel]) -> Iterator[tuple[str, str, str]]:
    for name, field in section.model_fields.items():
        yield f"`{name}`", _default(field), field.description or ""


def _default(field: FieldInfo) -> str:
    """The default; nothing for a section of its own, whose keys have theirs."""
    if field.is_required():
        return "needed"
    default = field.get_default(call_default_factory=True)
    return "" if isinstance(default, BaseModel) else f"`{json.dumps(default)}`"
