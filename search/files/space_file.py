"""Reads a space file with what the command line changes in it, and checks its shape."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError

from search import spec
from search.checks.findings import Findings
from search.checks.wording import faults_of
from search.errors import COMMAND_LINE, Problem, UserError
from search.text.documents import Document, Key
from search.text.yaml_file import examine

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")

_COMPONENTS = {"sampler": get_args(spec.Sampler), "scheduler": get_args(spec.Scheduler)}


def read_space_file(path: Path, changes: Mapping[Key, Any], findings: Findings) -> Document:
    """The space file with the changes in it.

    **Raises**: UserError if nothing of it can be read.
    """
    document, problems = examine(path)
    findings.extend(problems)
    if document.data is None:
        raise _whole(
            document, "the file is empty; a space file needs 'trainable', 'search' and 'space'"
        )
    if not isinstance(document.data, dict):
        kind = "a list" if isinstance(document.data, list) else "a single value"
        raise _whole(document, f"expected a mapping at top level, found {kind}")
    for key, value in sorted(changes.items(), key=lambda change: len(change[0])):
        document = _changed(document, key, value)
    return _named(document, findings)


def _whole(document: Document, message: str) -> UserError:
    return UserError([Problem(document.place(()), "", message)])


def _changed(document: Document, key: Key, value: Any) -> Document:
    match key:
        case ("search", "sampler" | "scheduler" as section, "name"):
            document = _without_foreign(document, str(section), value)
    return document.put(key, value, COMMAND_LINE)


def _without_foreign(document: Document, section: str, name: Any) -> Document:
    """Another sampler or scheduler does not inherit the options of the one in the file."""
    written = document.get(("search", section))
    if not isinstance(written, dict) or written.get("name", name) == name:
        return document
    models = [m for m in _COMPONENTS[section] if m.model_fields["name"].default == name]
    taken = {field for model in models for field in model.model_fields}
    for option in written:
        if option not in taken:
            document = document.without(("search", section, option))
    return document


def _named(document: Document, findings: Findings) -> Document:
    if not isinstance(document.get(("search",)), dict) or document.has(("search", "name")):
        return document
    if not _NAME.fullmatch(document.path.stem):
        message = f"the file name {document.path.stem!r} cannot name a search; add a name"
        findings.add(document.problem(("search", "name"), message))
        return document.put(("search", "name"), "unnamed", document.place(("search",)))
    return document.put(("search", "name"), document.path.stem, document.place(("search",)))


def check_shape(document: Document, findings: Findings) -> spec.SpaceFile | None:
    """The space file as checked data; None if its shape is wrong."""
    try:
        return spec.SpaceFile.model_validate(document.data)
    except ValidationError as error:
        for fault in faults_of(error, document.data, spec.SpaceFile):
            findings.add(document.problem(fault.path, fault.message))
        return None
