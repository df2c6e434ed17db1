"""Pydantic's errors in the words of a space file: which key, what is wrong, what is allowed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from search.checks.config_keys import fields_of, keys_of, models_at
from search.errors import nearest
from search.space.labels import shown
from search.text.documents import Key, spelled
from trainables.contract import ConfigError


@dataclass(frozen=True)
class Fault:
    """One thing that a config class refuses."""

    path: Key
    message: str
    about_key: bool = False
    """Whether the key itself is wrong, whatever its value."""

    @property
    def key(self) -> str:
        return spelled(self.path)


def faults_of(error: ValidationError, data: Any, model: type[BaseModel]) -> list[Fault]:
    """Every error of a validation, its path reduced to the keys that are in the data."""
    faults: dict[Key, Fault] = {}
    others: list[Fault] = []
    for detail in error.errors(include_url=False):
        fault = _fault(detail, data, model)
        expected = _EXPECTED.get(detail["type"])
        known = faults.get(fault.path)
        if expected is None:
            others.append(fault)
        elif known is None:
            faults[fault.path] = fault
        else:
            # one key whose type is a union: pydantic says an error for each member
            message = known.message.replace(", found", f" or {expected}, found", 1)
            faults[fault.path] = Fault(fault.path, message)
    return [*faults.values(), *others]


def _fault(detail: ErrorDetails, data: Any, model: type[BaseModel]) -> Fault:
    path = _written(detail["loc"], data)
    kind = detail["type"]
    cause = detail.get("ctx", {}).get("error")
    if isinstance(cause, ConfigError):
        return Fault(_below(path, cause.key), cause.message)
    if kind == "missing":
        return Fault((*path, detail["loc"][-1]), _missing(detail, model), about_key=True)
    if kind == "extra_forbidden":
        return Fault(path, _unknown(detail, model), about_key=True)
    return Fault(path, say(detail))


def _below(path: Key, key: str) -> Key:
    parts = tuple(key.split("."))
    return parts if parts[: len(path)] == path or not path else (*path, *parts)


def _written(loc: tuple[int | str, ...], data: Any) -> Key:
    """The parts of a location that are in the data: union tags are not."""
    path: Key = ()
    for part in loc:
        if _has(data, part):
            data = data[part]
            path = (*path, part)
    return path


def _has(data: Any, part: int | str) -> bool:
    if isinstance(data, dict):
        return part in data
    return isinstance(data, list) and isinstance(part, int) and part < len(data)


def _missing(detail: ErrorDetails, model: type[BaseModel]) -> str:
    *above, name = detail["loc"]
    for owner in models_at(model, above):
        field = fields_of(owner).get(str(name))
        if field is not None and field.description:
            first = field.description.split("\n")[0].rstrip(".")
            return f"missing key {name!r} ({first[0].lower()}{first[1:]})"
    return f"missing key {name!r}"


def _unknown(detail: ErrorDetails, model: type[BaseModel]) -> str:
    *above, name = detail["loc"]
    return unknown_key(str(name), keys_of(models_at(model, above)))


def unknown_key(name: str, known: frozenset[str]) -> str:
    """What is said of a key that does not exist where it stands."""
    allowed = f"; allowed: {', '.join(sorted(known))}" if known else ""
    return f"unknown key {name!r}{allowed}{nearest(name, known)}"


def found(value: Any) -> str:
    """A value in the words of someone who wrote YAML."""
    if isinstance(value, str):
        return f"the text {_clip(repr(value))}"
    if isinstance(value, bool) or value is None:
        return shown(value)
    if isinstance(value, int | float):
        return f"the number {value}"
    return "a list" if isinstance(value, list) else "a mapping"


def _clip(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}..."


_EXPECTED: Mapping[str, str] = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "dict_type": "a mapping",
    "mapping_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping such as {name: ...}",
    "none_required": "null",
    "finite_number": "a finite number",
}

_BOUNDS: Mapping[str, tuple[str, str]] = {
    "greater_than_equal": ("must be at least", "ge"),
    "greater_than": ("must be greater than", "gt"),
    "less_than_equal": ("must be at most", "le"),
    "less_than": ("must be less than", "lt"),
    "multiple_of": ("must be a multiple of", "multiple_of"),
}


def say(detail: ErrorDetails) -> str:
    """What is wrong with a value, without its key."""
    kind, value = detail["type"], detail["input"]
    if kind in _EXPECTED:
        return f"expected {_EXPECTED[kind]}, found {found(value)}{_text_hint(value, kind)}"
    if kind in _BOUNDS:
        words, name = _BOUNDS[kind]
        return f"{words} {detail['ctx'][name]}, found {shown(value)}"
    if kind in _SPECIAL:
        return _SPECIAL[kind](detail)
    message = detail["msg"]
    return f"{message[0].lower()}{message[1:]}, found {found(value)}"


def _literal(detail: ErrorDetails) -> str:
    allowed = detail["ctx"]["expected"]
    names = [part.strip("'") for part in allowed.replace(" or ", ", ").split(", ")]
    value = detail["input"]
    close = nearest(value, names) if isinstance(value, str) else ""
    return f"must be {allowed}, found {shown(value)}{close}"


def _tag(detail: ErrorDetails) -> str:
    names = [part.strip("'") for part in detail["ctx"]["expected_tags"].split(", ")]
    tag = str(detail["ctx"]["tag"])
    return f"unknown name {tag!r}; known: {', '.join(names)}{nearest(tag, names)}"


def _raised(detail: ErrorDetails) -> str:
    return str(detail["ctx"]["error"])


def _count(detail: ErrorDetails) -> str:
    number = detail["ctx"].get("min_length", detail["ctx"].get("max_length"))
    bound = "at least" if "min_length" in detail["ctx"] else "at most"
    unit = "characters" if isinstance(detail["input"], str) else "items"
    return f"needs {bound} {number} {unit}, found {len(detail['input'])}"


_SPECIAL: Mapping[str, Callable[[ErrorDetails], str]] = {
    "literal_error": _literal,
    "union_tag_invalid": _tag,
    "union_tag_not_found": lambda _: "missing key 'name' (which one is meant)",
    "value_error": _raised,
    "assertion_error": _raised,
    "too_short": _count,
    "too_long": _count,
    "string_too_short": _count,
    "string_too_long": _count,
    "string_pattern_mismatch": lambda detail: (
        f"{shown(detail['input'])} does not fit the pattern {detail['ctx']['pattern']}"
    ),
}


def _text_hint(value: Any, kind: str) -> str:
    if not isinstance(value, str):
        return ""
    if kind.startswith("bool") and value.casefold() in ("yes", "on", "no", "off", "y", "n"):
        return f"; write {str(value.casefold() in ('yes', 'on', 'y')).lower()}"
    plain = value.replace("_", "").replace(",", ".")
    if kind.startswith(("int", "float")) and plain.replace(".", "", 1).strip("+-").isdigit():
        return f"; write {plain}, without quotes"
    return ""
