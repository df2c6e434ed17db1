"""Which points of a space show what one value does: every end, under every label it depends on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, product
from random import Random
from typing import Any

from search.resolve import look
from search.space.conditions import Labels, needed
from search.space.labels import Label, Point
from search.space.space import Parameter, Space

MAX_CONTEXTS = 64
"""Combinations of parent labels that are tried for one parameter."""

REPAIRS = 200
"""Random points that are tried to find one that keeps the constraints."""


@dataclass(frozen=True)
class Case:
    """One value of one parameter, in a point that is otherwise ordinary."""

    parameter: str
    value: Label
    context: Mapping[str, Label]
    point: Point


@dataclass(frozen=True)
class Completion:
    """Makes points out of a few chosen labels; the rest is as in the base config."""

    space: Space
    defaults: Mapping[str, Label]
    _random: Random = field(default_factory=lambda: Random(0))

    def complete(self, chosen: Labels) -> Point:
        """The point with these labels, and defaults elsewhere."""
        return self._filled(chosen, self.defaults)

    def admissible(self, chosen: Labels) -> Point | None:
        """Like `complete`, moved away from the defaults if a constraint asks for it."""
        return next(self.admissibles(chosen), None)

    def admissibles(self, chosen: Labels) -> Iterator[Point]:
        """Points with these labels that keep every constraint, the ordinary one first."""
        for values in self._attempts():
            point = self._filled(chosen, {**self.defaults, **values})
            if not self.space.broken(point):
                yield point

    def _attempts(self) -> Iterator[Point]:
        yield {}
        bound = {name for rule in self.space.constraints for name in rule.names}
        free = [self.space.by_name[name] for name in bound if name in self.space.by_name]
        for _ in range(REPAIRS if free else 0):
            yield {parameter.name: parameter.domain.sample(self._random) for parameter in free}

    def _filled(self, chosen: Labels, rest: Labels) -> Point:
        point: dict[str, Label] = {}
        for parameter in self.space.parameters:
            if parameter.is_active(point):
                name = parameter.name
                point[name] = chosen[name] if name in chosen else rest[name]
        return point


def completion(space: Space, base: Mapping[str, Any]) -> Completion:
    """Points as near to the base config as the space allows."""
    defaults = {parameter.name: _default(parameter, base) for parameter in space.parameters}
    usual = Completion(space, defaults)
    return Completion(space, {**defaults, **(usual.admissible({}) or {})})


def _default(parameter: Parameter, base: Mapping[str, Any]) -> Label:
    try:
        return parameter.domain.normal(look(base, parameter.name))
    except KeyError:
        return parameter.domain.corners()[0]


def contexts(space: Space, names: Sequence[str]) -> Iterator[dict[str, Label]]:
    """Every combination of ancestors' labels under which all these parameters exist."""
    wanted = needed(space.whens, names)
    if wanted is None:
        return
    ordered = [parameter for parameter in space.parameters if parameter.name in wanted]
    choices = [sorted(wanted[p.name], key=_rank(p)) for p in ordered]
    for labels in islice(product(*choices), MAX_CONTEXTS):
        yield {parameter.name: label for parameter, label in zip(ordered, labels, strict=True)}


def _rank(parameter: Parameter) -> Any:
    values = parameter.domain.values()
    return lambda label: values.index(label)


def cases(made: Completion) -> Iterator[Case]:
    """Every end of every range and every option, in every context of its own."""
    for parameter in made.space.parameters:
        for context in contexts(made.space, [parameter.name]):
            for value in parameter.domain.corners():
                point = made.admissible({**context, parameter.name: value})
                if point is not None:
                    yield Case(parameter.name, value, context, point)


def paired_contexts(space: Space, name: str) -> Iterator[dict[str, Label]]:
    """A parameter's own contexts, then each of them with each label of each other choice."""
    own = needed(space.whens, [name]) or {}
    yield from contexts(space, [name])
    for other in space.parameters:
        size = other.domain.size()
        if other.name == name or other.name in own or size is None or size > MAX_CONTEXTS:
            continue
        ancestors = needed(space.whens, [name, other.name])
        if ancestors is None or name in ancestors or not _is_switch(other):
            continue
        for label in other.domain.values():
            for context in contexts(space, [name, other.name]):
                yield {**context, other.name: label}


def _is_switch(parameter: Parameter) -> bool:
    return hasattr(parameter.domain, "labels")
