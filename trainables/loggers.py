"""Lightning's loggers by name: checked without starting one, then built for one trial."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from trainables.components.component import Component
from trainables.components.signature import Signature, signature_of
from trainables.contract import LOGS, ConfigError
from trainables.logger_kinds import KINDS, Kind
from trainables.nearest import did_you_mean, listed

_OBJECTS = frozenset({"experiment", "kwargs"})
"""Arguments that no config can hold."""

TRIALS = "trials"
"""Folder of the trials of a search, inside that of the search."""


def check(loggers: Iterable[Component]) -> None:
    """Check names, packages and arguments; no logger is started.

    **Raises** ConfigError.
    """
    for number, component in enumerate(loggers):
        _arguments(f"logging.loggers.{number}", component)


@contextmanager
def opened(loggers: Iterable[Component], directory: Path) -> Iterator[list[Any]]:
    """The loggers of one trial, which write below its folder.

    At the end is let go of what the next trial of this process would otherwise go on to write into.
    **Raises** as `check`, or as the loggers do.
    """
    built: list[Any] = []
    try:
        for number, component in enumerate(loggers):
            built.append(_build(f"logging.loggers.{number}", component, directory))
        yield built
    finally:
        for logger in built:
            method = KINDS[type(logger).__name__].end
            if method is not None:
                getattr(logger.experiment, method)()


def _build(section: str, component: Component, directory: Path) -> Any:
    arguments, kind = _arguments(section, component), KINDS[component.name]
    title = {} if kind.title is None else {kind.title: title_of(directory)}
    place = {kind.places[0]: str(directory / LOGS / component.name)}
    return _class(component.name)(**{**kind.given, **title, **arguments, **place})


def title_of(directory: Path) -> str:
    """What a trial is called by its folder, such as signal/trials/00003/attempt-02."""
    parts = directory.parts
    above = [place for place, part in enumerate(parts) if part == TRIALS]
    return "/".join(parts[above[-1] - 1 :] if above and above[-1] > 0 else parts[-3:])


def _arguments(section: str, component: Component) -> dict[str, Any]:
    kind = KINDS.get(component.name)
    if kind is None:
        hint = did_you_mean(component.name, KINDS)
        message = f"Lightning has no logger {component.name!r}; it has {listed(KINDS)}{hint}"
        raise ConfigError(f"{section}.name", message)
    _check_packages(section, component.name, kind)
    given = component.arguments
    for place in kind.places:
        if place in given:
            message = f"is not to be given: its files lie in {LOGS}/{component.name} of the trial"
            raise ConfigError(f"{section}.{place}", message)
    for name, reason in kind.required.items():
        if given.get(name) is None:
            raise ConfigError(f"{section}.{name}", f"{component.name} needs it: {reason}")
    return _signature(section, component.name, kind).check(given)


def _check_packages(section: str, name: str, kind: Kind) -> None:
    from lightning_utilities.core.imports import RequirementCache

    if not kind.packages or any(RequirementCache(package) for package in kind.packages):
        return
    message = f"{name} needs a package that is not installed; pip install '{kind.packages[0]}'"
    raise ConfigError(f"{section}.name", message)


def _signature(section: str, name: str, kind: Kind) -> Signature:
    hidden = _OBJECTS | set(kind.places)
    own = signature_of(section, name, _class(name), hidden)
    rest = _rest(kind.rest)
    if rest is None:
        return own
    more = signature_of(section, name, rest, hidden)
    return Signature(
        section, name, {**more.parameters, **own.parameters}, {**more.hints, **own.hints}
    )


def _rest(places: Iterable[str]) -> Callable[..., Any] | None:
    for place in places:
        module, _, name = place.partition(":")
        try:
            found: Callable[..., Any] = getattr(importlib.import_module(module), name)
        except ImportError:
            continue
        return found
    return None


def _class(name: str) -> Any:
    from lightning.pytorch import loggers

    return vars(loggers)[name]
