"""The keys of a config section as a table: name, default and what it says of itself."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pydantic import BaseModel

from trainables.docs import markdown


def keys(section: type[BaseModel]) -> str:
    """A table of the keys of a model."""
    return markdown.table(("key", "default", "meaning"), _rows(section))


def _rows(section: type[BaseModel]) -> Iterator[tuple[str, str, str]]:
    for name, field in section.model_fields.items():
        default = "" if field.is_required() else f"`{json.dumps(field.get_default())}`"
        yield f"`{name}`", default, field.description or ""
