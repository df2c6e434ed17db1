"""Conditions between parameters: which order they come in, and what must hold for one to exist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from search.space.labels import Label

When = tuple[tuple[str, frozenset[Label]], ...]
"""Parents with the labels under which a parameter exists; all must hold."""

Labels = Mapping[str, Label]


def holds(when: When, labels: Labels) -> bool:
    """Whether every parent is there, under one of its labels."""
    return all(parent in labels and labels[parent] in allowed for parent, allowed in when)


def parents_first(whens: Mapping[str, When]) -> tuple[list[str], list[str]]:
    """The names with every parent before its children, else in the order given; then the rest.

    The rest lie on a cycle of conditions, or below one.
    """
    order: list[str] = []
    left = list(whens)
    while left:
        ready = [
            name
            for name in left
            if all(parent in order or parent not in whens for parent, _ in whens[name])
        ]
        if not ready:
            break
        order.append(ready[0])
        left.remove(ready[0])
    return order, left


def needed(whens: Mapping[str, When], names: Iterable[str]) -> dict[str, frozenset[Label]] | None:
    """Which labels each ancestor may have while all these names exist; None if they never do."""
    labels: dict[str, frozenset[Label]] = {}
    waiting = list(names)
    seen: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        for parent, allowed in whens[name]:
            labels[parent] = labels.get(parent, allowed) & allowed
            if not labels[parent]:
                return None
            waiting.append(parent)
    return labels
