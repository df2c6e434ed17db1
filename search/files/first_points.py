"""Reads `try_first:`, the known good points that are trained before the sampler speaks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from search.checks.findings import Findings
from search.errors import COMMAND_LINE
from search.space.fixing import Fixed
from search.space.labels import Label, shown
from search.space.space import Space
from search.text.documents import Document


def read_first_points(
    document: Document, space: Space, fixed: Fixed, findings: Findings
) -> tuple[Mapping[str, Label], ...]:
    """The points, whole or in part, as the space keeps them."""
    written = document.get(("try_first",))
    points = []
    for number, values in enumerate(written if isinstance(written, list) else []):
        if not isinstance(values, dict):
            continue  # the shape of the space file says so
        open_values = _not_fixed(number, values, fixed, findings)
        point = _normal(space, open_values)
        narrowed = _narrowed(document, space, point)
        if narrowed:
            findings.note(
                f"try_first[{number}] is left out: {narrowed} is changed on the command line"
            )
        elif point:
            _check(document, number, space, point, findings)
            points.append(point)
    return tuple(points)


def _not_fixed(
    number: int, values: Mapping[str, Any], fixed: Fixed, findings: Findings
) -> dict[str, Any]:
    for name, value in fixed.values.items():
        if name in values and values[name] != value:
            findings.note(
                f"try_first[{number}] is left out: {name} is {shown(value)} on the command line"
            )
            return {}
    gone = {*fixed.values, *fixed.dropped}
    return {name: value for name, value in values.items() if name not in gone}


def _normal(space: Space, values: Mapping[str, Any]) -> dict[str, Label]:
    """The values as labels; one that is outside its domain stays, to be told."""
    found = {}
    for name, value in values.items():
        try:
            found[name] = space.by_name[name].domain.normal(value)
        except KeyError:
            found[name] = value
    return found


def _narrowed(document: Document, space: Space, point: Mapping[str, Label]) -> str | None:
    """The first value that lies outside a domain which the command line has changed."""
    if document.place(("try_first",)) == COMMAND_LINE:
        return None
    for name, label in point.items():
        changed = document.place(("space", name)) == COMMAND_LINE
        if changed and name in space.by_name and not space.by_name[name].domain.contains(label):
            return name
    return None


def _check(
    document: Document,
    number: int,
    space: Space,
    point: Mapping[str, Label],
    findings: Findings,
) -> None:
    said = space.partial_problems(point)
    for text in said:
        name, _, message = text.partition(": ")
        findings.add(document.problem(("try_first", number, name), message))
    if not said:
        for rule in space.broken(point):
            message = f"breaks the constraint {rule!r}"
            findings.add(document.problem(("try_first", number), message))
