"""Reads `constraints:` and proves that some point keeps them all."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from random import Random
from typing import Any

from search.checks.findings import Findings
from search.errors import nearest
from search.files.base_file import base_keys
from search.resolve import look
from search.space.expressions import Constraint, ExpressionError
from search.space.space import Space
from search.text.documents import Document, Key

SAMPLES = 2000
"""Random points that are tried before constraints count as impossible."""


def read_constraints(
    document: Document,
    known: Collection[str],
    dropped: Collection[str],
    config: Mapping[str, Any],
    findings: Findings,
) -> tuple[Constraint, ...]:
    """The constraints, with the values of the names that are not searched."""
    written = document.get(("constraints",))
    found = []
    for number, text in enumerate(written if isinstance(written, list) else []):
        if not isinstance(text, str):
            continue  # the shape of the space file says so
        try:
            constraint = _bound(text, known, dropped, config)
        except ExpressionError as error:
            findings.add(document.problem(("constraints", number), str(error)))
            continue
        if constraint is not None:
            found.append(constraint)
    return tuple(found)


def _bound(
    text: str, known: Collection[str], dropped: Collection[str], config: Mapping[str, Any]
) -> Constraint | None:
    names = Constraint(text).names
    if any(name in dropped for name in names):
        return None
    constants = {name: _constant(text, name, known, config) for name in names if name not in known}
    return Constraint(text, constants)


def _constant(text: str, name: str, known: Collection[str], config: Mapping[str, Any]) -> Any:
    try:
        return look(config, name)
    except KeyError:
        hint = nearest(name, [*known, *base_keys(config)])
        raise ExpressionError(
            f"{text!r}: {name!r} is neither searched nor in the base config{hint}"
        ) from None


def check_satisfiable(space: Space, document: Document, findings: Findings) -> None:
    """Some of many random points must keep every constraint; few are worth a note."""
    if not space.constraints:
        return
    random = Random(0)
    kept = [0] * len(space.constraints)
    together = 0
    for _ in range(SAMPLES):
        seen = space.seen(space.sample(random))
        wrong = [rule for rule in space.constraints if _uncomputable(rule, seen)]
        for rule in wrong:
            findings.add(document.problem(_key(document, rule), _uncomputable(rule, seen)))
        if wrong:
            return
        holding = [rule.holds(seen) for rule in space.constraints]
        kept = [count + held for count, held in zip(kept, holding, strict=True)]
        together += all(holding)
    _judge(space, document, findings, kept, together)


def _uncomputable(rule: Constraint, seen: Mapping[str, Any]) -> str:
    try:
        rule.holds(seen)
    except ExpressionError as error:
        return str(error)
    return ""


def _key(document: Document, rule: Constraint) -> Key:
    return ("constraints", document.get(("constraints",)).index(rule.text))


def _judge(
    space: Space, document: Document, findings: Findings, kept: list[int], together: int
) -> None:
    for rule, count in zip(space.constraints, kept, strict=True):
        if count == 0:
            message = f"{rule.text!r} holds for none of {SAMPLES} random points of the space"
            findings.add(document.problem(_key(document, rule), message))
    if together == 0 and all(kept):
        message = f"none of {SAMPLES} random points of the space keeps all of them"
        findings.add(document.problem(("constraints",), message))
    if 0 < together < SAMPLES / 2:
        share = round(100 * (1 - together / SAMPLES))
        findings.note(f"the constraints reject {share} % of random points")
