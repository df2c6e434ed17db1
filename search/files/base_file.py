"""Reads the base config: a file beside the space file, a mapping inside it, or nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from search.checks.findings import Findings
from search.errors import COMMAND_LINE, Problem, UserError
from search.resolve import look, resolve_with
from search.text.documents import Document
from search.text.yaml_file import examine
from trainables.contract import ConfigError, TrialConfig

PATH_KEYS = ("data.path", "checkpointing.load_checkpoint")
"""Keys that hold paths of files, written relative to the file that names them."""

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


def read_base(space: Document, findings: Findings) -> Document | None:
    """The base config that a space file names; None if it cannot be read."""
    written = space.get(("base",))
    if written is None:
        return Document(space.path, {}, {(): space.place(())})
    if isinstance(written, dict):
        return space.part(("base",))
    if not isinstance(written, str):
        return None  # the shape of the space file says so
    return _read(space, written, findings)


def _read(space: Document, written: str, findings: Findings) -> Document | None:
    on_command_line = space.place(("base",)) == COMMAND_LINE
    folder = Path() if on_command_line else space.path.parent
    path = _tidy(folder / written)
    if not path.exists():
        beside = list(path.parent.glob("*.y*ml")) if path.parent.is_dir() else []
        listed = f"; there: {', '.join(sorted(file.name for file in beside))}" if beside else ""
        findings.add(space.problem(("base",), f"no such file {path}{listed}"))
        return None
    try:
        document, problems = examine(path)
    except UserError as error:
        findings.extend(error.problems)
        return None
    findings.extend(problems)
    data = {} if document.data is None else document.data
    if not isinstance(data, dict):
        kind = "a list" if isinstance(data, list) else "a single value"
        place = document.place(())
        findings.add(Problem(place, "", f"expected a mapping at top level, found {kind}"))
        return None
    return _own_trainable(replace(document, data=data), space, findings)


def _own_trainable(base: Document, space: Document, findings: Findings) -> Document:
    """The base without the trainable that it may name, so that `tune-train` can train it alone."""
    named, wanted = base.get(("trainable",)), space.get(("trainable",))
    if named is None:
        return base
    if named != wanted and not str(named).endswith(".py"):
        message = f"this config is for {named!r}, but {space.file} searches {wanted!r}"
        findings.add(base.problem(("trainable",), message))
    return base.without(("trainable",))


def _tidy(path: Path) -> Path:
    """`configs/x.yaml` for `spaces/../configs/x.yaml`, unless a link makes that another file."""
    short = Path(os.path.normpath(path))
    try:
        return short if short.samefile(path) else path
    except (OSError, ValueError):
        return short if "\0" not in str(short) else path


def anchor_paths(base: Document) -> tuple[Document, Mapping[str, Any]]:
    """The base with its relative paths made absolute, and those values as they were written."""
    data = base.data
    written: dict[str, Any] = {}
    for key in PATH_KEYS:
        try:
            value = look(data, key)
        except KeyError:
            continue
        anchored = anchored_path(value, base.path.parent)
        if anchored != value:
            written[key] = value
            place = base.place(tuple(key.split(".")))
            base = base.put(tuple(key.split(".")), anchored, place)
    return base, written


def anchored_path(value: Any, folder: Path) -> Any:
    """A path as an absolute one; what has a scheme, such as `shipped:`, stays as it is."""
    if isinstance(value, list):
        return [anchored_path(item, folder) for item in value]
    if not isinstance(value, str) or not value or _SCHEME.match(value):
        return value
    return os.path.normpath(folder.resolve() / Path(value).expanduser())


def with_values(
    base: Document, values: Mapping[str, Any], config_class: type[TrialConfig] | None
) -> Document:
    """The base with what the command line says in it."""
    anchored = {
        key: anchored_path(value, Path()) if key in PATH_KEYS else value
        for key, value in values.items()
    }
    data = resolve_with(base.data, anchored, _arguments_of(config_class))
    places = dict(base.places)
    for key in sorted(values, key=len):
        path = tuple(key.split("."))
        places = {old: spot for old, spot in places.items() if old[: len(path)] != path}
        places[path] = COMMAND_LINE
    return replace(base, data=data, places=places)


def _arguments_of(config_class: type[TrialConfig] | None) -> Any:
    def arguments(section: str, name: str) -> frozenset[str] | None:
        try:
            return config_class.arguments(section, name) if config_class else None
        except ConfigError:
            return None  # an unknown component is told when the config is checked

    return arguments


def base_keys(data: Mapping[str, Any], above: str = "") -> list[str]:
    """Every dotted key of a config."""
    keys = []
    for name, value in data.items():
        keys.append(f"{above}{name}")
        if isinstance(value, dict):
            keys += base_keys(value, f"{above}{name}.")
    return keys
