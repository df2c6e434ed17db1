"""Keys that every trial of a search must share, or trials could not be compared by its metric."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from search.checks.findings import Findings
from search.flat import flatten
from search.space.domains import Choice
from search.space.labels import compact
from search.space.space import Parameter, Space
from search.text.documents import Document


def check_shared_keys(
    reasons: Mapping[str, str], space: Space, document: Document, findings: Findings
) -> None:
    """No parameter varies a key for which the trainable gives a reason why none may."""
    for parameter in space.parameters:
        for key in varied(parameter):
            reason = _reason(key, reasons)
            if reason:
                other = "" if key == parameter.name else f"{key} "
                message = f"{other}cannot be searched: {reason}; set it in the base config"
                findings.add(document.problem(("space", parameter.name), message))


def _reason(key: str, reasons: Mapping[str, str]) -> str | None:
    return next((why for own, why in reasons.items() if f"{key}.".startswith(f"{own}.")), None)


def varied(parameter: Parameter) -> Iterator[str]:
    """The keys of the config to which a parameter gives more than one value."""
    if parameter.domain.size() == 1:
        return
    blocks = _blocks(parameter)
    if not blocks:
        yield parameter.name
    for key in dict.fromkeys(key for block in blocks for key in block):
        if len({compact(block[key]) if key in block else None for block in blocks}) > 1:
            yield key


def _blocks(parameter: Parameter) -> list[dict[str, Any]]:
    """The options of a choice of blocks, each flat under its dotted keys."""
    domain = parameter.domain
    plain = [value for _, value in domain.options] if isinstance(domain, Choice) else []
    blocks = [flatten({parameter.name: value}) for value in plain]
    return blocks if any(isinstance(value, dict) for value in plain) else []
