"""What remains of a space when the command line fixes some of its parameters."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from search.space.bounds import DomainError
from search.space.conditions import When
from search.space.domains import Choice
from search.space.labels import Label, shown
from search.space.space import Parameter


@dataclass(frozen=True)
class Fixed:
    """A space after fixing."""

    parameters: tuple[Parameter, ...]
    values: Mapping[str, Any]
    """For the base config: the fixed parameters that exist in every trial."""
    dropped: tuple[str, ...]
    """Parameters that can no longer exist."""


def fix(parameters: Iterable[Parameter], values: Mapping[str, Any]) -> Fixed:
    """Fix parameters by name, resolving each condition that this decides.

    A fixed parameter that still depends on a searched one stays in the space with one value.
    """
    left: list[Parameter] = []
    into_base: dict[str, Any] = {}
    labels: dict[str, Label] = {}
    dropped: list[str] = []
    for parameter in parameters:
        name = parameter.name
        when = _decided(parameter.when, labels, into_base, dropped)
        if name in values:
            domain = _only(parameter, values[name])
            labels[name] = domain.labels[0]
            if when:
                left.append(Parameter(name, domain, when))
            else:
                into_base[name] = domain.options[0][1]
        elif when is None:
            dropped.append(name)
        else:
            left.append(replace(parameter, when=when))
    return Fixed(tuple(left), into_base, tuple(dropped))


def _decided(
    when: When,
    labels: Mapping[str, Label],
    settled: Container[str],
    dropped: Container[str],
) -> When | None:
    """The conditions that are still open; None if one can no longer hold."""
    for parent, allowed in when:
        if parent in dropped or (parent in labels and labels[parent] not in allowed):
            return None
    return tuple(condition for condition in when if condition[0] not in settled)


def _only(parameter: Parameter, value: Any) -> Choice:
    if isinstance(parameter.domain, Choice):
        try:
            label = parameter.domain.normal(value)
            return Choice(((label, parameter.domain.plain(label)),))
        except KeyError:
            pass
    return Choice(((_label(value), value),))


def _label(value: Any) -> Label:
    """The value itself where it can be a label, else its text."""
    try:
        return Choice.of([value]).labels[0]
    except DomainError:
        return shown(value)[:200]
