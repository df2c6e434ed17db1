"""The space: parameters with their conditions, constraints, and the points that lie in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import Any

from search.errors import nearest
from search.space.conditions import Labels, When, holds
from search.space.domains import Choice, Domain
from search.space.expressions import Constraint, ExpressionError
from search.space.labels import Label, Point, compact, shown


@dataclass(frozen=True)
class Parameter:
    """One searched key of the base config."""

    name: str
    domain: Domain
    when: When = ()

    def is_active(self, labels: Labels) -> bool:
        """Whether the parameter exists beside these labels of its parents."""
        return holds(self.when, labels)

    @property
    def condition(self) -> str:
        """Its `when` in words, such as `optimizer.name is 'SGD'`."""
        return " and ".join(
            f"{parent} is {' or '.join(sorted(map(shown, labels)))}" for parent, labels in self.when
        )


@dataclass(frozen=True)
class Space:
    """Parameters with parents before children, constraints, and points to try first."""

    parameters: tuple[Parameter, ...]
    constraints: tuple[Constraint, ...] = ()
    try_first: tuple[Mapping[str, Label], ...] = ()

    @cached_property
    def by_name(self) -> Mapping[str, Parameter]:
        return {parameter.name: parameter for parameter in self.parameters}

    @property
    def whens(self) -> Mapping[str, When]:
        return {parameter.name: parameter.when for parameter in self.parameters}

    def active(self, labels: Labels) -> tuple[Parameter, ...]:
        """The parameters that exist beside these labels."""
        return tuple(parameter for parameter in self.parameters if parameter.is_active(labels))

    def problems(self, point: Labels) -> list[str]:
        """Why this is not a point of the space; empty if it is one."""
        missing = [
            f"{parameter.name}: missing"
            for parameter in self.active(point)
            if parameter.name not in point
        ]
        said = self.partial_problems(point) + missing
        return said or [f"breaks the constraint {broken!r}" for broken in self.broken(point)]

    def partial_problems(self, point: Labels) -> list[str]:
        """Like `problems` for a point that leaves parameters to the sampler."""
        said = (self._value_problem(name, label, point) for name, label in point.items())
        return [text for text in said if text]

    def _value_problem(self, name: str, label: Label, point: Labels) -> str:
        parameter = self.by_name.get(name)
        if parameter is None:
            return f"{name}: is not searched{nearest(name, self.by_name)}"
        if not parameter.domain.contains(label):
            return f"{name}: {shown(label)} is outside {parameter.domain}"
        if not parameter.is_active(point):
            return f"{name}: exists only when {parameter.condition}"
        return ""

    def broken(self, point: Labels) -> list[str]:
        """The constraints that the point breaks."""
        seen = self.seen(point)
        return [rule.text for rule in self.constraints if not _holds(rule, seen)]

    def broken_constraint(self, point: Labels) -> str | None:
        """The first constraint that the point breaks."""
        return next(iter(self.broken(point)), None)

    def seen(self, point: Labels) -> dict[str, Any]:
        """What a constraint sees: plain values, but the label of an option that is a block."""
        values = self.values(point)
        return {
            name: point[name] if isinstance(value, dict) else value
            for name, value in values.items()
        }

    def values(self, point: Labels) -> dict[str, Any]:
        """What goes into the config: the plain value behind each label."""
        return {name: self.by_name[name].domain.plain(label) for name, label in point.items()}

    def blocks(self) -> dict[str, dict[Label, Any]]:
        """By parameter and label what goes into the config, where it is not the label itself."""
        return {
            parameter.name: dict(parameter.domain.options)
            for parameter in self.parameters
            if isinstance(parameter.domain, Choice) and not parameter.domain.is_plain
        }

    def normal(self, point: Mapping[str, Any]) -> Point:
        """The point in the order of the space, each value as its domain keeps it.

        **Raises**: KeyError for a value outside its domain.
        """
        return {
            parameter.name: parameter.domain.normal(point[parameter.name])
            for parameter in self.parameters
            if parameter.name in point
        }

    def key(self, point: Labels) -> str:
        """A text that two points share exactly if they are the same."""
        return compact(self.normal(point))

    def sample(self, random: Random) -> Point:
        """A point with each active parameter drawn alone; constraints may be broken."""
        point: dict[str, Label] = {}
        for parameter in self.parameters:
            if parameter.is_active(point):
                point[parameter.name] = parameter.domain.sample(random)
        return point

    def grid(self) -> Iterator[Point]:
        """Every point of a space that has an end of them.

        **Raises**: DomainError if a domain is a range without step.
        """
        for point in self._combinations(0, {}):
            if not self.broken(point):
                yield point

    def grid_size(self) -> int:
        """How many points `grid` gives."""
        return sum(1 for _ in self.grid())

    def _combinations(self, index: int, point: Point) -> Iterator[Point]:
        if index == len(self.parameters):
            yield dict(point)
            return
        parameter = self.parameters[index]
        if not parameter.is_active(point):
            yield from self._combinations(index + 1, point)
            return
        for label in parameter.domain.values():
            yield from self._combinations(index + 1, {**point, parameter.name: label})


def _holds(rule: Constraint, seen: Mapping[str, Any]) -> bool:
    try:
        return rule.holds(seen)
    except ExpressionError:
        return False
