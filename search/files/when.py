"""Reads `when:`, the conditions under which a parameter exists."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from search.checks.findings import Findings
from search.errors import nearest
from search.space.bounds import DomainError
from search.space.conditions import When
from search.space.domains import Choice, Domain, Float
from search.space.labels import Label, shown
from search.text.documents import Document


@dataclass(frozen=True)
class Conditions:
    """What conditions may name: the searched parameters, and keys that are only known."""

    document: Document
    domains: Mapping[str, Domain]
    config_keys: Collection[str]

    def of(self, name: str, findings: Findings) -> When:
        """The conditions of a parameter; those with a problem are left out."""
        form = self.document.get(("space", name))
        if not isinstance(form, dict) or "when" not in form:
            return ()
        written = form["when"]
        if not isinstance(written, dict) or not written:
            message = f"needs {{parameter: label}}, found {shown(written)}"
            findings.add(self.document.problem(("space", name, "when"), message))
            return ()
        conditions = []
        for parent, labels in written.items():
            try:
                conditions.append((parent, self._labels(parent, labels)))
            except DomainError as error:
                findings.add(self.document.problem(("space", name, "when", parent), str(error)))
        return tuple(condition for condition in conditions if condition[1])

    def _labels(self, parent: str, written: Any) -> frozenset[Label]:
        domain = self.domains.get(parent)
        if domain is None:
            if self.document.has(("space", parent)):
                return frozenset()  # that parameter has a problem of its own
            raise DomainError(self._not_searched(parent))
        if isinstance(domain, Float):
            message = f"{parent!r} is a range of numbers; a condition needs a choice or an int"
            raise DomainError(message)
        if _is_label(domain, written):
            return frozenset({domain.normal(written)})
        wanted = written if isinstance(written, list) else [written]
        if not wanted:
            raise DomainError(f"names no value of {parent!r}")
        for label in wanted:
            if not _is_label(domain, label):
                known = domain.labels if isinstance(domain, Choice) else ()
                hint = nearest(str(label), map(str, known)) or f"; it is {domain}"
                raise DomainError(f"{parent!r} has no value {shown(label)}{hint}")
        return frozenset(domain.normal(label) for label in wanted)

    def _not_searched(self, parent: str) -> str:
        if parent in self.config_keys:
            return (
                f"{parent!r} is not searched, so it never changes; search it too, "
                "or leave this condition out"
            )
        return f"{parent!r} is not searched{nearest(parent, {*self.domains, *self.config_keys})}"


def _is_label(domain: Domain, value: Any) -> bool:
    try:
        domain.normal(value)
    except KeyError:
        return False
    return True
