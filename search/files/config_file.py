"""From a config file and the command line to a training that is ready to run, or every problem."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from search.checks.findings import Findings
from search.checks.masks import check_masks
from search.checks.overridden import base_problem
from search.checks.wording import faults_of, found
from search.errors import COMMAND_LINE, Problem
from search.files.base_file import anchor_paths, with_values
from search.files.overrides import parse_overrides
from search.files.shipped import find_config
from search.names import NameProblem, TrainableRef, find_trainable, shipped_trainables
from search.raised import refusal, told
from search.text.documents import Document
from search.text.yaml_file import examine
from trainables.contract import ConfigError, Trainable, TrialConfig

TRAINABLE = ("trainable",)
CHECKPOINT = ("checkpointing", "load_checkpoint")


@dataclass(frozen=True)
class TrainingConfig:
    """One config to be trained, checked."""

    path: Path
    trainable: TrainableRef
    plain: Mapping[str, Any]
    """The config as it was written, with the command line in it; paths are absolute."""
    config: TrialConfig
    notes: tuple[str, ...] = ()
    """What a user should know of the data."""


def load_config(
    argument: str, overrides: Sequence[str] = (), allowed: Collection[str] = ()
) -> TrainingConfig:
    """Read and check a config, build its components and open its data.

    `allowed` are the installed packages whose code the config may name.

    **Raises**: UserError with every problem of the file and the overrides.
    """
    findings = Findings()
    document = _read(find_config(argument), findings)
    given, problems = parse_overrides(overrides)
    findings.extend(problems)
    for key in given.space_file:
        message = "belongs to a space file; a training has no search"
        findings.add(Problem(COMMAND_LINE, ".".join(map(str, key)), message))
    reference, module = _trainable(document, findings, allowed)
    if module is None:
        findings.stop()
    assert reference is not None
    assert module is not None
    written, _ = anchor_paths(document.without(TRAINABLE))
    full = with_values(written, given.config, module.Config)
    check_masks(full, findings)
    config = _validate(full, module, findings)
    findings.stop()
    assert config is not None
    return TrainingConfig(document.path, reference, full.data, config, tuple(findings.notes))


def _read(path: Path, findings: Findings) -> Document:
    document, problems = examine(path)
    findings.extend(problems)
    if document.data is not None and not isinstance(document.data, dict):
        findings.add(document.problem((), "expected a mapping at top level"))
    findings.stop()
    return document if document.data else replace(document, data={})


def _trainable(
    document: Document, findings: Findings, allowed: Collection[str]
) -> tuple[TrainableRef | None, Trainable | None]:
    """The trainable that the file names, else the shipped one of the file's own name."""
    text = document.get(TRAINABLE)
    if text is None:
        text = document.path.stem if document.path.stem in shipped_trainables() else None
    if text is not None and not isinstance(text, str):
        findings.add(document.problem(TRAINABLE, f"expected text, found {found(text)}"))
        return None, None
    if text is None:
        known = ", ".join(shipped_trainables())
        message = f"missing key 'trainable' (what is trained: {known}, my_lab.mine or ./file.py)"
        findings.add(document.problem((), message))
        return None, None
    try:
        reference = find_trainable(text, document.path.parent, allowed)
        return reference, reference.load()
    except NameProblem as error:
        findings.add(document.problem(TRAINABLE, str(error)))
        return None, None


def _validate(document: Document, module: Trainable, findings: Findings) -> TrialConfig | None:
    try:
        config = module.Config.model_validate(document.data)
    except ValidationError as error:
        for fault in faults_of(error, document.data, module.Config):
            findings.add(base_problem(document, fault.path, fault.message))
        return None
    try:
        module.probe(config)
        for note in module.check_data(config) or ():
            findings.note(note)
    except ConfigError as error:
        findings.add(base_problem(document, tuple(error.key.split(".")), refusal(error)))
    # someone else's code: whatever it raises is told
    except Exception as error:  # noqa: BLE001
        findings.add(document.problem(TRAINABLE, f"it fails on this config: {told(error)}"))
    _check_checkpoint(document, findings)
    return config


def _check_checkpoint(document: Document, findings: Findings) -> None:
    """A checkpoint to start from is a file now, before anything is prepared for the training."""
    path = document.get(CHECKPOINT)
    if isinstance(path, str) and path and not Path(path).is_file():
        findings.add(document.problem(CHECKPOINT, f"no such file {path}"))
