"""Which keys a pydantic model has at a path: for suggestions, and for what a component takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

MAX_DEPTH = 4

Models = tuple[type[BaseModel], ...]


def fields_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields by the keys of a file: a word that Python keeps, such as lambda, is an alias."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def models_at(model: type[BaseModel], path: Iterable[str | int]) -> Models:
    """The models that a path leads to; parts of it may be union tags, as in pydantic's errors."""
    found: Models = (model,)
    for part in path:
        below = tuple(
            inner
            for outer in found
            if part in fields_of(outer)
            for inner in _models_in(fields_of(outer)[str(part)].annotation)
        )
        field = any(part in fields_of(outer) for outer in found)
        found = below if field else _tagged(found, part)
    return found


def keys_of(models: Models) -> frozenset[str]:
    """Every key that one of the models has."""
    return frozenset(name for model in models for name in fields_of(model))


def dotted_keys(model: type[BaseModel], above: str = "") -> Iterator[str]:
    """Every key that a model may have, down to a fixed depth: models can hold themselves."""
    for name, field in fields_of(model).items():
        yield f"{above}{name}"
        for inner in _models_in(field.annotation) if above.count(".") < MAX_DEPTH else ():
            yield from dotted_keys(inner, f"{above}{name}.")


def takes_anything(models: Models) -> bool:
    """Whether one of the models lets unknown keys pass."""
    return any(model.model_config.get("extra") == "allow" for model in models)


def arguments_by_shape(model: type[BaseModel], section: str, name: str) -> frozenset[str] | None:
    """The keys of the component `name` of a section as its model lists them; None if it is open."""
    union = models_at(model, section.split("."))
    chosen = tuple(member for member in union if name in _tags(member))
    if not chosen or takes_anything(chosen):
        return None
    return keys_of(chosen)


def _tagged(models: Models, tag: str | int) -> Models:
    return tuple(model for model in models if tag in _tags(model)) or models


def _tags(model: type[BaseModel]) -> tuple[Any, ...]:
    field = model.model_fields.get("name")
    if field is None:
        return ()
    return tuple(label for label in get_args(field.annotation) if isinstance(label, str))


def _models_in(annotation: Any) -> Models:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return (annotation,)
    inner = (*get_args(annotation), *filter(None, [getattr(annotation, "__value__", None)]))
    return tuple(model for part in inner for model in _models_in(part))
