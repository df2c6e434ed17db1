"""Config sections made from the `__init__` arguments of a user's own classes."""

from __future__ import annotations

import functools
import inspect
import operator
import types
import typing
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import JsonValue, Strict, TypeAdapter, ValidationError, create_model, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from trainables.contract import Frozen, TrialConfig
from trainables.nearest import did_you_mean, listed
from trainables.sections import (
    CHECKPOINTING_NOT_SEARCHED,
    LOGGING_NOT_SEARCHED,
    TRAINER_NOT_SEARCHED,
    Checkpointing,
    EarlyStopping,
    Logging,
    TrainerSection,
)

_SCALARS = (int, float, bool, str)


class AdaptedConfig(TrialConfig):
    """The sections that every adapted trainable has beside `model` and `data`."""

    NOT_SEARCHED: ClassVar[Mapping[str, str]] = {
        **TRAINER_NOT_SEARCHED,
        **CHECKPOINTING_NOT_SEARCHED,
        **LOGGING_NOT_SEARCHED,
    }

    trainer: TrainerSection = TrainerSection()
    early_stopping: EarlyStopping | None = None
    checkpointing: Checkpointing = Checkpointing()
    logging: Logging = Logging()

    def max_epochs(self) -> int:
        return self.trainer.max_epochs

    def keep_checkpoints(self) -> int:
        return self.checkpointing.save_top_k


class Section(Frozen):
    """Arguments of one class; an unknown one is answered with the known ones."""

    @model_validator(mode="before")
    @classmethod
    def _known_only(cls, given: Any) -> Any:
        unknown = [name for name in given if name not in cls.model_fields] if _is(given) else []
        if unknown:
            details = [_detail(name, given[name], set(cls.model_fields)) for name in unknown]
            raise ValidationError.from_exception_data(cls.__name__, details)
        return given


def section_of(source: type) -> Any:
    """The pydantic field (type and default) that stands for a class's arguments.

    Arguments with a default that no config can hold are left to that default.

    **Raises** TypeError if an argument without a default cannot be given by a config.
    """
    hints = _hints(source)
    fields: dict[str, Any] = {}
    for name, parameter in inspect.signature(source).parameters.items():
        if parameter.kind in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL):
            continue
        field = _field(hints.get(name, JsonValue), parameter.default)
        if field is not None:
            fields[name] = field
        elif parameter.default is inspect.Parameter.empty:
            raise TypeError(
                f"{source.__name__}.__init__ wants {name}: {parameter.annotation}, which no YAML "
                "file can hold; give it a default, or take plain values and build it inside"
            )
    section: Any = create_model(f"{source.__name__}Arguments", __base__=Section, **fields)
    required = any(field.is_required() for field in section.model_fields.values())
    return (section, ...) if required else (section, section())


def _field(hint: Any, default: Any) -> tuple[Any, Any] | None:
    """Type and default of one argument; None if a config cannot give it."""
    if default is inspect.Parameter.empty:
        return (_lenient(hint), ...) if _plain(hint) else None
    try:
        TypeAdapter(JsonValue).validate_python(_listed(default))
    except ValidationError:
        return None
    return (_lenient(hint), default) if _plain(hint) else None


def _plain(hint: Any) -> bool:
    """Whether values of a type can be written in YAML."""
    if hint in (*_SCALARS, list, tuple, dict, None, type(None), JsonValue, Any):
        return True
    if typing.get_origin(hint) is typing.Literal:
        return True
    parts = [part for part in typing.get_args(hint) if part is not Ellipsis]
    return bool(parts) and all(_plain(part) for part in parts)


def _lenient(hint: Any) -> Any:
    """The type, with a list accepted where a tuple is wanted: YAML knows no tuples."""
    if hint is tuple or typing.get_origin(hint) is tuple:
        return Annotated[hint, Strict(False)]
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return functools.reduce(operator.or_, map(_lenient, typing.get_args(hint)))
    return hint


def _listed(value: Any) -> Any:
    return [_listed(part) for part in value] if isinstance(value, list | tuple) else value


def _hints(source: type) -> dict[str, Any]:
    try:
        return typing.get_type_hints(source.__init__)  # type: ignore[misc]
    except (NameError, TypeError):
        return {}


def _is(given: Any) -> bool:
    return isinstance(given, dict)


def _detail(name: str, value: Any, known: set[str]) -> InitErrorDetails:
    message = f"no such argument; there are {listed(known)}{did_you_mean(name, known)}"
    error = PydanticCustomError("unknown_argument", "{text}", {"text": message})
    return InitErrorDetails(type=error, loc=(name,), input=value)
