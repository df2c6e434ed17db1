"""Reads the two files and the command line together, as far as each of them can be read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from search.checks.config_keys import dotted_keys, keys_of, takes_anything
from search.checks.contexts import completion
from search.checks.corners import check_corners, shape_judge
from search.checks.findings import Findings
from search.checks.masks import check_masks
from search.checks.objectives import check_metrics
from search.checks.shared_keys import check_shared_keys
from search.checks.sources import Sources
from search.checks.wording import unknown_key
from search.errors import COMMAND_LINE, Problem
from search.files.base_file import (
    PATH_KEYS,
    anchor_paths,
    anchored_path,
    base_keys,
    read_base,
    with_values,
)
from search.files.constraints import check_satisfiable, read_constraints
from search.files.first_points import read_first_points
from search.files.overrides import (
    SPACE_FILE_KEYS,
    SPACE_FILE_SECTIONS,
    parse_overrides,
)
from search.files.shipped import find_space
from search.files.space_file import check_shape, read_space_file
from search.files.space_section import read_parameters
from search.names import NameProblem, TrainableRef, find_trainable
from search.space.domains import Choice
from search.space.fixing import Fixed, fix
from search.space.space import Parameter, Space
from search.spec import SpaceFile
from search.text.documents import Document
from trainables.contract import Trainable


@dataclass(frozen=True)
class Parts:
    """What the two files gave."""

    document: Document
    file: SpaceFile
    reference: TrainableRef
    module: Trainable
    base: Document
    space: Space
    fixed: Fixed
    fixed_names: tuple[str, ...]
    as_written: Mapping[str, Any]


def read_parts(
    argument: str, overrides: Sequence[str], findings: Findings, allowed: Collection[str] = ()
) -> Parts:
    given, problems = parse_overrides(overrides)
    findings.extend(problems)
    document = read_space_file(find_space(argument), given.space_file, findings)
    file = check_shape(document, findings)
    reference, module = _trainable(document, findings, allowed)
    base = read_base(document, findings)
    known = _config_keys(base, module)
    families = module.Config.families if module is not None else None
    read = read_parameters(document, findings, known, families)
    parameters = tuple(_anchored(parameter, document) for parameter in read)
    names = {parameter.name for parameter in parameters}
    into_space = {key: value for key, value in given.config.items() if key in names}
    into_base = {key: value for key, value in given.config.items() if key not in names}
    _check_shadowed(into_base, parameters, findings)
    into_base = _known(into_base, module, findings)
    fixed = fix(parameters, into_space)
    document = _with_fixed(document, fixed, into_space)
    _note_fixed(fixed, into_space, document, findings)
    if base is None or module is None or reference is None:
        findings.stop()
    assert base is not None
    assert module is not None
    assert reference is not None
    base, as_written = anchor_paths(base)
    base = with_values(base, {**into_base, **fixed.values}, module.Config)
    check_masks(base, findings)
    space = _space(document, base, fixed, module, findings)
    check_metrics(module.METRICS, space, document, findings)
    check_shared_keys(module.Config.NOT_SEARCHED, space, document, findings)
    if file is None:
        check_corners(Sources(document, base), space, module, findings)
        findings.stop()
    assert file is not None
    return Parts(
        document, file, reference, module, base, space, fixed, tuple(into_space), as_written
    )


def _trainable(
    document: Document, findings: Findings, allowed: Collection[str]
) -> tuple[TrainableRef | None, Trainable | None]:
    text = document.get(("trainable",))
    if not isinstance(text, str) or not text:
        return None, None
    folder = Path() if document.place(("trainable",)) == COMMAND_LINE else document.path.parent
    try:
        reference = find_trainable(text, folder, allowed)
        return reference, reference.load()
    except NameProblem as error:
        findings.add(document.problem(("trainable",), str(error)))
        return None, None


def _config_keys(base: Document | None, module: Trainable | None) -> frozenset[str]:
    """Every key that the base config has or could have."""
    written = base_keys(base.data) if base is not None else []
    return frozenset([*written, *(dotted_keys(module.Config) if module is not None else ())])


def _anchored(parameter: Parameter, document: Document) -> Parameter:
    if parameter.name not in PATH_KEYS or not isinstance(parameter.domain, Choice):
        return parameter
    folder = document.path.parent
    options = tuple(
        (label, anchored_path(value, folder)) for label, value in parameter.domain.options
    )
    return replace(parameter, domain=Choice(options))


def _check_shadowed(
    values: Mapping[str, Any], parameters: Sequence[Parameter], findings: Findings
) -> None:
    for key in values:
        for parameter in parameters:
            if key.startswith(f"{parameter.name}."):
                message = f"has no effect: {parameter.name} is searched as a whole"
                findings.add(Problem(COMMAND_LINE, key, message))


def _known(
    values: Mapping[str, Any], module: Trainable | None, findings: Findings
) -> dict[str, Any]:
    """The values for the base; a key of neither file is told with the keys of both."""
    if module is None or takes_anything((module.Config,)):
        return dict(values)
    sections = keys_of((module.Config,))
    kept = {}
    for key, value in values.items():
        head = key.partition(".")[0]
        if head in sections:
            kept[key] = value
            continue
        known = sections.union(SPACE_FILE_SECTIONS, SPACE_FILE_KEYS)
        findings.add(Problem(COMMAND_LINE, key, unknown_key(head, known)))
    return kept


def _with_fixed(document: Document, fixed: Fixed, values: Mapping[str, Any]) -> Document:
    """The space file, where parameters that are fixed but stay have the command line's value."""
    for parameter in fixed.parameters:
        if parameter.name in values:
            key = ("space", parameter.name)
            document = document.put(key, values[parameter.name], COMMAND_LINE)
    return document


def _note_fixed(
    fixed: Fixed, values: Mapping[str, Any], document: Document, findings: Findings
) -> None:
    for name in fixed.dropped:
        findings.note(f"{name} is not searched: the command line fixes what it depends on")
    if values and not fixed.parameters:
        message = "the command line fixes every parameter; nothing is left to search"
        findings.add(document.problem(("space",), message))


def _space(
    document: Document, base: Document, fixed: Fixed, module: Trainable, findings: Findings
) -> Space:
    space = Space(fixed.parameters)
    config = dict(base.data)
    if document.get(("constraints",)):
        made = completion(space, base.data)
        checked = shape_judge(base, module).verdict(space.values(made.complete({}))).config
        config = checked.model_dump() if checked is not None else config
    known = space.by_name
    constraints = read_constraints(document, known, fixed.dropped, config, findings)
    space = replace(space, constraints=constraints)
    check_satisfiable(space, document, findings)
    points = read_first_points(document, space, fixed, findings)
    return replace(space, try_first=points)
