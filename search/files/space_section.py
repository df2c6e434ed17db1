"""The grammar of `space:`: from what is written under each name to a parameter."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from search.checks.findings import Findings
from search.checks.wording import unknown_key
from search.errors import Problem, nearest
from search.files.families import Families, no_families, read_family
from search.files.when import Conditions
from search.space.bounds import DomainError
from search.space.conditions import When, parents_first
from search.space.domains import Choice, Domain, Float, Int
from search.space.labels import shown
from search.space.space import Parameter
from search.text.documents import Document

_NAME = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*", re.ASCII)
_MAX_NAME = 100
_MAX_OPTIONS = 1000


def read_parameters(
    document: Document,
    findings: Findings,
    config_keys: Collection[str] = (),
    families: Families | None = no_families,
) -> tuple[Parameter, ...]:
    """The parameters of a space file, parents first; those with a problem are left out.

    `config_keys` are all keys that the base config may have, to tell what was meant. `families`
    are those of the trainable; None if it has a problem of its own.
    """
    section = document.get(("space",))
    if not isinstance(section, dict):
        return ()
    if not section:
        message = "no parameters to search; add at least one under 'space'"
        findings.add(document.problem(("space",), message))
    domains: dict[str, Domain] = {}
    for name, form in section.items():
        domain = _parameter(document, findings, name, form, families)
        if domain is not None:
            domains[name] = domain
    _check_overlaps(document, findings, domains)
    reader = Conditions(document, domains, config_keys)
    whens = {name: reader.of(name, findings) for name in domains}
    return _sorted(document, findings, domains, whens)


def _parameter(
    document: Document, findings: Findings, name: str, form: Any, families: Families | None
) -> Domain | None:
    wrong = _wrong_name(name)
    if wrong:
        findings.add(Problem(document.place(("space", name)), "space", wrong))
        return None
    if families is None and isinstance(form, dict) and "family" in form:
        return None
    try:
        domain = _domain(name, form, families or no_families)
    except DomainError as error:
        findings.add(document.problem(("space", name), str(error)))
        return None
    if isinstance(form, dict):
        _note_unreached(findings, name, form, domain)
    return domain


def _wrong_name(name: str) -> str:
    dunder = any(part.startswith("__") for part in name.split("."))
    if _NAME.fullmatch(name) and len(name) <= _MAX_NAME and not dunder:
        return ""
    return (
        f"{name[:_MAX_NAME]!r} is not a valid name "
        f"(letters, digits and _, dots between the words, at most {_MAX_NAME} characters)"
    )


def _domain(name: str, form: Any, families: Families) -> Domain:
    if isinstance(form, list):
        return _choice({"choice": form})
    if not isinstance(form, dict):
        value = shown(form)
        raise DomainError(
            f"{value} is a constant; put it into the base config, or search it with "
            "{choice: [...]}, {float: [low, high]} or {int: [low, high]}"
        )
    kinds = [kind for kind in _KEYS if kind in form]
    if len(kinds) != 1:
        raise DomainError(_which_kind(form, kinds))
    kind = kinds[0]
    for key in form:
        if key not in _KEYS[kind]:
            raise DomainError(unknown_key(key, _KEYS[kind]))
    if kind == "family":
        return _several(read_family(name, form["family"], families))
    return _FORMS[kind](form)


def _which_kind(form: Mapping[str, Any], kinds: list[str]) -> str:
    if kinds:
        return f"is both {' and '.join(kinds)}; write one of them"
    for key in form:
        if nearest(key, _KEYS):
            return f"unknown key {key!r}{nearest(key, _KEYS)}"
    return "needs one of choice, family, float, int, such as {float: [1e-5, 1e-1], log: true}"


def _choice(form: Mapping[str, Any]) -> Choice:
    options = form["choice"]
    if isinstance(options, dict | list) and len(options) > _MAX_OPTIONS:
        raise DomainError(f"has {len(options)} options; {_MAX_OPTIONS} are the most, or a range")
    if isinstance(options, dict):
        choice = Choice(tuple(options.items()))
    elif isinstance(options, list):
        choice = Choice.of(options)
    else:
        raise DomainError(f"choice needs a list of values, found {shown(options)}")
    return _several(choice)


def _several(choice: Choice) -> Choice:
    if len(choice.options) < 2:
        raise DomainError("needs at least 2 different values")
    return choice


def _float(form: Mapping[str, Any]) -> Float:
    low, high = _ends("float", form["float"])
    return Float(low, high, form.get("log", False), form.get("step"))


def _int(form: Mapping[str, Any]) -> Int:
    low, high = _ends("int", form["int"])
    return Int(low, high, form.get("log", False), form.get("step", 1))


def _ends(kind: str, ends: Any) -> tuple[Any, Any]:
    if not isinstance(ends, list) or len(ends) != 2:
        raise DomainError(f"{kind} needs two numbers, [low, high], found {shown(ends)}")
    return ends[0], ends[1]


_FORMS: Mapping[str, Callable[[Mapping[str, Any]], Domain]] = {
    "choice": _choice,
    "float": _float,
    "int": _int,
}
_KEYS = {
    "choice": frozenset({"choice", "when"}),
    "family": frozenset({"family", "when"}),
    "float": frozenset({"float", "log", "step", "when"}),
    "int": frozenset({"int", "log", "step", "when"}),
}


def _note_unreached(findings: Findings, name: str, form: Mapping[str, Any], domain: Domain) -> None:
    if isinstance(domain, Choice):
        return
    high = form["float" if isinstance(domain, Float) else "int"][1]
    if high != domain.high:
        step = form.get("step")
        findings.note(
            f"{name}: {high} is not reached with step {step}; the last value is {domain.high}"
        )


def _check_overlaps(document: Document, findings: Findings, domains: Mapping[str, Domain]) -> None:
    for name in domains:
        parts = name.split(".")
        for size in range(1, len(parts)):
            outer = ".".join(parts[:size])
            if outer in domains and not _has_blocks(domains[outer]):
                message = f"lies inside {outer}, which is searched as one value"
                findings.add(document.problem(("space", name), message))


def _has_blocks(domain: Domain) -> bool:
    return isinstance(domain, Choice) and any(isinstance(own, dict) for _, own in domain.options)


def _sorted(
    document: Document,
    findings: Findings,
    domains: Mapping[str, Domain],
    whens: Mapping[str, When],
) -> tuple[Parameter, ...]:
    order, rest = parents_first(whens)
    if rest:
        message = f"the conditions of {', '.join(rest)} go round in a circle"
        findings.add(document.problem(("space", rest[0], "when"), message))
    return tuple(Parameter(name, domains[name], whens[name]) for name in order)
