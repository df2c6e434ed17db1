"""The JSON Schema of a space file, from which editors complete; `python -m search.schema FILE`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from search.spec import SpaceFile

_LABEL = {"type": ["string", "number", "boolean", "null"]}
_ENDS = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
_WHEN = {
    "description": "Conditions: the parameter exists only under these labels of its parents.",
    "type": "object",
    "minProperties": 1,
    "additionalProperties": {
        "anyOf": [_LABEL, {"type": "array", "minItems": 1}],
    },
}
_OPTIONS = {
    "description": "The values to choose from, or named blocks of values.",
    "anyOf": [
        {"type": "array", "minItems": 2},
        {"type": "object", "minProperties": 2},
    ],
}
_FAMILY = {
    "description": "One or several of the trainable's groups of names, in place of a list.",
    "anyOf": [
        {"type": "string"},
        {"type": "array", "items": {"type": "string"}, "minItems": 1},
    ],
}
_LOG = {"description": "Sample on a logarithmic scale.", "type": "boolean"}


def _form(kind: str, values: dict[str, Any], extra: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {kind: values, **extra, "when": _WHEN},
        "required": [kind],
        "additionalProperties": False,
    }


def _range(kind: str, words: str) -> dict[str, Any]:
    step = {"description": "The distance between two values.", "type": "number"}
    ends = {"description": f"Lowest and highest value, {words}.", **_ends()}
    return _form(kind, ends, {"log": _LOG, "step": {**step, "exclusiveMinimum": 0}})


def _ends() -> dict[str, Any]:
    return dict(_ENDS)


PARAMETER: dict[str, Any] = {
    "description": "What one key of the base config can be.",
    "anyOf": [
        {"description": "Short for choice.", "type": "array", "minItems": 2},
        _form("choice", _OPTIONS, {}),
        _form("family", _FAMILY, {}),
        _range("float", "both included"),
        _range("int", "both included and whole"),
    ],
}


def space_file_schema() -> dict[str, Any]:
    """The schema, as plain data."""
    schema = SpaceFile.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "tune-run space"
    schema["properties"]["space"] = {
        "description": "The searched parameters, by their dotted key in the base config.",
        "type": "object",
        "minProperties": 1,
        "propertyNames": {
            "pattern": r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$",
            "maxLength": 100,
        },
        "additionalProperties": {"$ref": "#/$defs/Parameter"},
    }
    schema["$defs"]["Parameter"] = PARAMETER
    # the name of a search is the file's where it is left out
    schema["$defs"]["SearchSpec"]["required"].remove("name")
    return schema


def main(arguments: list[str]) -> None:
    """Write the schema to the file that is named."""
    text = json.dumps(space_file_schema(), indent=2, ensure_ascii=False) + "\n"
    Path(arguments[0]).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
