"""What a library's constructor takes, and whether the values from a config fit it."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import ConfigDict, PydanticUserError, TypeAdapter, ValidationError

from trainables.contract import ConfigError
from trainables.nearest import did_you_mean, listed

CODE_ONLY = ("Callable", "Tensor", "dtype", "Module", "ProcessGroup", "Optimizer", "device")
"""Annotations of values that no config can hold."""

_EMPTY = inspect.Parameter.empty


@dataclass(frozen=True)
class Signature:
    """The arguments of one constructor that a config may give."""

    section: str
    name: str
    parameters: Mapping[str, inspect.Parameter]
    hints: Mapping[str, Any]

    @property
    def required(self) -> list[str]:
        return [name for name, known in self.parameters.items() if known.default is _EMPTY]

    def check(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments as the constructor wants them; lists become tuples where it wants those.

        **Raises** ConfigError with the key of the argument that is unknown, missing or ill-typed.
        """
        for name in arguments:
            if name not in self.parameters:
                raise self._unknown(name)
        for name in self.required:
            if name not in arguments:
                message = f"{self.name} needs this argument; it takes {listed(self.parameters)}"
                raise ConfigError(f"{self.section}.{name}", message)
        return {name: self._fit(name, value) for name, value in arguments.items()}

    def resolved(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments together with the defaults of those that were left out."""
        defaults = {name: known.default for name, known in self.parameters.items()}
        return {**defaults, **arguments}

    def _unknown(self, name: str) -> ConfigError:
        hint = did_you_mean(name, self.parameters)
        known = listed(self.parameters)
        return ConfigError(
            f"{self.section}.{name}", f"{self.name} takes no such argument; it takes {known}{hint}"
        )

    def _fit(self, name: str, value: Any) -> Any:
        if isinstance(value, list) and self._wants_tuple(name):
            value = tuple(tuple(part) if isinstance(part, list) else part for part in value)
        try:
            _adapter(self.hints.get(name, Any)).validate_python(value)
        except ValidationError:
            wanted = str(self.parameters[name].annotation).removeprefix("<class '").rstrip("'>")
            message = f"{self.name} refuses {value!r}: {wanted} is wanted"
            raise ConfigError(f"{self.section}.{name}", message) from None
        self._fit_default(name, value)
        return value

    def _wants_tuple(self, name: str) -> bool:
        annotation = str(self.parameters[name].annotation).lower()
        by_default = isinstance(self.parameters[name].default, tuple)
        return by_default or ("list" not in annotation and "iterable" not in annotation)

    def _fit_default(self, name: str, value: Any) -> None:
        """Catch text where a number is the default, for constructors without annotations."""
        default = self.parameters[name].default
        is_number = isinstance(default, int | float) and not isinstance(default, bool)
        if is_number and isinstance(value, str):
            message = f"{self.name} refuses {value!r}: a number is wanted, such as {default}"
            raise ConfigError(f"{self.section}.{name}", message)


def signature_of(
    section: str, name: str, build: Callable[..., Any], hidden: frozenset[str]
) -> Signature:
    """The named arguments of a class or function, without `self`, `**rest` and the hidden ones.

    Many constructors swallow any keyword (`**kwargs`) and ignore it; only named ones count here.
    """
    source = build.__init__ if inspect.isclass(build) else build
    parameters = {
        parameter.name: parameter
        for parameter in inspect.signature(source).parameters.values()
        if parameter.name not in hidden | {"self"}
        and parameter.kind not in (parameter.VAR_KEYWORD, parameter.VAR_POSITIONAL)
        and not _code_only(parameter)
    }
    return Signature(section, name, parameters, _hints(source))


def construct(section: str, name: str, build: Callable[..., Any], *given: Any, **named: Any) -> Any:
    """Call a library's constructor; whatever it refuses becomes a ConfigError.

    Its key is that of the one argument without which the call works, if there is one.
    """
    try:
        return build(*given, **named)
    except ConfigError:
        raise
    except Exception as error:
        culprit = next((one for one in named if _works_without(build, given, named, one)), None)
        key = section if culprit is None else f"{section}.{culprit}"
        shown = "its arguments" if culprit is None else repr(named[culprit])
        raise ConfigError(key, f"{name} refuses {shown}: {said(error)}") from error


def said(error: Exception) -> str:
    """What an exception of a library says, on one line."""
    return " ".join(str(error).split()) or type(error).__name__


def _works_without(
    build: Callable[..., Any], given: tuple[Any, ...], named: Mapping[str, Any], culprit: str
) -> bool:
    without = {name: value for name, value in named.items() if name != culprit}
    try:
        build(*given, **without)
    except Exception:  # noqa: BLE001 - constructors raise what they like
        return False
    return True


def _code_only(parameter: inspect.Parameter) -> bool:
    if inspect.isroutine(parameter.default):
        return True
    annotation = str(parameter.annotation)
    plain = any(word in annotation for word in ("float", "int", "bool", "str"))
    return not plain and any(word in annotation for word in CODE_ONLY)


def _hints(source: Callable[..., Any]) -> dict[str, Any]:
    try:
        return typing.get_type_hints(source)
    except (NameError, TypeError):
        return {}


@lru_cache(maxsize=256)
def _adapter(hint: Any) -> TypeAdapter[Any]:
    config = ConfigDict(arbitrary_types_allowed=True, strict=True)
    try:
        return TypeAdapter(hint, config=config)
    except PydanticUserError:
        return TypeAdapter(Any)
