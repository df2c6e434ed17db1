"""What a value is called: the scalars that Optuna, MLflow and the table see, and their texts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

Label = None | bool | int | float | str
"""A value as Optuna, MLflow and the table see it."""

Point = Mapping[str, Label]
"""The label of every active parameter, and of no other."""


def compact(value: Any) -> str:
    """The JSON text of plain data that is the same for equal data."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def shown(value: Any) -> str:
    """A value as a message shows it: text in quotes, the rest as YAML writes it."""
    if isinstance(value, str):
        return repr(value)
    return json.dumps(value, ensure_ascii=False, default=str)
