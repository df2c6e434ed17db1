"""Finds dead knobs: searched values that change nothing of what is built."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from search.checks.contexts import Completion, paired_contexts
from search.checks.judge import MAX_PROBES, Judge
from search.space.domains import Choice
from search.space.labels import Label, Point, shown
from search.space.space import Parameter, Space


@dataclass(frozen=True)
class Comparison:
    """Points that differ in one parameter only, and which of its values build the same."""

    point: Point
    same: tuple[Label, ...]
    total: int

    @property
    def is_dead(self) -> bool:
        return len(self.same) == self.total

    @property
    def is_alive(self) -> bool:
        return not self.same


@dataclass(frozen=True)
class DeadKnob:
    """What is said of one parameter."""

    parameter: str
    message: str


def dead_knobs(made: Completion, judge: Judge) -> Iterator[DeadKnob]:
    """One finding for each parameter that somewhere has no effect."""
    stride = _stride(made.space)
    for parameter in made.space.parameters:
        if parameter.domain.size() == 1:
            continue
        contexts = islice(paired_contexts(made.space, parameter.name), 0, None, stride)
        compared = [_compare(made, judge, parameter, context) for context in contexts]
        known = [comparison for comparison in compared if comparison is not None]
        message = _message(made.space, parameter, known)
        if message:
            yield DeadKnob(parameter.name, message)


def is_thinned(space: Space) -> bool:
    """Whether there are too many contexts to try each."""
    return _stride(space) > 1


def _stride(space: Space) -> int:
    builds = sum(
        len(parameter.domain.corners())
        * sum(1 for _ in islice(paired_contexts(space, parameter.name), MAX_PROBES))
        for parameter in space.parameters
    )
    return 1 + builds // MAX_PROBES


def _compare(
    made: Completion, judge: Judge, parameter: Parameter, context: Mapping[str, Label]
) -> Comparison | None:
    points = _varied(made, parameter, context)
    built: dict[Label, str] = {}
    for label, point in points.items():
        text = judge.verdict(made.space.values(point)).built
        if text is None:
            return None
        built[label] = text
    if len(built) < 2:
        return None
    texts = list(built.values())
    same = tuple(label for label, text in built.items() if texts.count(text) > 1)
    return Comparison(next(iter(points.values())), same, len(built))


def _varied(
    made: Completion, parameter: Parameter, context: Mapping[str, Label]
) -> dict[Label, Point]:
    """Points that keep the constraints and differ only in the parameter; few if there are none."""
    best: dict[Label, Point] = {}
    corners = parameter.domain.corners()
    for start in islice(made.admissibles({**context, parameter.name: corners[0]}), 50):
        points = {label: made.complete({**start, parameter.name: label}) for label in corners}
        kept = {label: point for label, point in points.items() if not made.space.broken(point)}
        if len(kept) > len(best):
            best = kept
        if len(best) == len(corners):
            break
    return best


def _message(space: Space, parameter: Parameter, compared: list[Comparison]) -> str:
    dead = [comparison for comparison in compared if comparison.is_dead]
    if dead and len(dead) == len(compared):
        return (
            "has no effect: none of its values changes what is built; take it out of the space, "
            "or change what overrides it in the base config"
        )
    if dead:
        return _conditional(space, parameter, dead, compared)
    twins = next((comparison for comparison in compared if not comparison.is_alive), None)
    if twins is not None:
        names = " and ".join(map(shown, twins.same))
        return f"{names} build the same{_where(space, parameter, twins)}"
    return ""


def _conditional(
    space: Space, parameter: Parameter, dead: list[Comparison], compared: list[Comparison]
) -> str:
    alive = [comparison.point for comparison in compared if not comparison.is_dead]
    causes = _causes(space, parameter, [comparison.point for comparison in dead], alive)
    if not causes:
        where = _where(space, parameter, dead[0])
        return f"has no effect{where}: none of its values changes what is built"
    words, hints = [], []
    for name, labels in causes.items():
        words.append(f"{name} is {' or '.join(map(shown, labels))}")
        left = [label for label in space.by_name[name].domain.values() if label not in labels]
        left = [label for label in left if any(point.get(name) == label for point in alive)]
        hints.append(f"{name}: [{', '.join(map(_plain, left))}]")
    return (
        f"has no effect when {' or '.join(words)}: none of its values changes what is built; "
        f"add `when: {{{', '.join(hints)}}}`"
    )


def _causes(
    space: Space, parameter: Parameter, dead: list[Point], alive: list[Point]
) -> dict[str, list[Label]]:
    """The fewest labels that explain every dead point and no living one; empty if none do."""
    candidates = [
        (other.name, label)
        for other in space.parameters
        if isinstance(other.domain, Choice) and other.name != parameter.name
        for label in other.domain.labels
        if not any(name == other.name and at == label for p in alive for name, at in p.items())
    ]
    left, causes = list(dead), dict[str, list[Label]]()
    while left and candidates:
        best = max(candidates, key=lambda c: sum(point.get(c[0], _NONE) == c[1] for point in left))
        rest = [point for point in left if point.get(best[0], _NONE) != best[1]]
        if len(rest) == len(left):
            return {}
        causes.setdefault(best[0], []).append(best[1])
        left = rest
    return {} if left else causes


_NONE = object()


def _where(space: Space, parameter: Parameter, comparison: Comparison) -> str:
    labels = [
        f"{name} is {shown(label)}"
        for name, label in comparison.point.items()
        if name != parameter.name and isinstance(space.by_name[name].domain, Choice)
    ]
    return f" when {' and '.join(labels)}" if labels else ""


def _plain(label: Label) -> str:
    return label if isinstance(label, str) else shown(label)
