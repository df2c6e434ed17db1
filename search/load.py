"""From a space file and the command line to a search that is ready to run, or every problem."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from search.checks import rules
from search.checks.corners import check_corners
from search.checks.findings import Findings
from search.checks.idle_limits import check_limits
from search.checks.machine import THIS_MACHINE, Machine
from search.checks.objectives import check_trade_off
from search.checks.sources import Sources
from search.files.reading import Parts, read_parts
from search.masking import masked
from search.names import TrainableRef
from search.resolve import put, resolve
from search.space.domains import Choice
from search.space.labels import compact
from search.space.space import Parameter, Space
from search.spec import MAY_CHANGE, Resources, SearchSpec
from trainables.contract import TrialConfig


@dataclass(frozen=True)
class Search:
    """Everything that defines one search; plain data that any process can hold."""

    path: Path
    spec: SearchSpec
    resources: Resources
    space: Space
    base: dict[str, Any]
    """The base config with what the command line changed; paths are absolute."""
    trainable: TrainableRef
    fixed: tuple[str, ...]
    """The parameters that the command line fixed."""
    notes: tuple[str, ...]
    text: str
    """The space file as it was written."""
    epochs: int
    """The most epochs that a trial can have."""
    sources: Sources
    as_written: Mapping[str, Any]
    """The paths of the base before they were made absolute."""

    def resolved(self, point: Mapping[str, Any]) -> dict[str, Any]:
        """The config of the trial at a point, as plain nested data."""
        values = self.space.values(point)
        return resolve(self.base, values, self.trainable.load().Config)

    def recorded(self, point: Mapping[str, Any]) -> dict[str, Any]:
        """The same without the secrets of the base: what may be kept and shown."""
        values = self.space.values(point)
        return resolve(masked(self.base), values, self.trainable.load().Config)

    def max_epochs(self) -> int:
        """The most epochs that a trial can have."""
        return self.epochs

    def wanted(self) -> int:
        """How many trials there will be: those asked for, but no more than a grid has points."""
        if self.spec.sampler.name == "grid":
            return min(self.spec.trials, self.space.grid_size())
        return self.spec.trials

    def identity(self) -> dict[str, Any]:
        """What two searches share if a trial of one means the same in the other.

        How much is trained, for how long and how many at a time may differ (`spec.MAY_CHANGE`).
        """
        base = resolve(self.base, {}, TrialConfig)
        for key, value in self.as_written.items():
            put(base, key, value)
        spaces = {p.name: _plain_parameter(p) for p in self.space.parameters}
        return {
            "trainable": self.trainable.text,
            "base": masked(base),
            "space": spaces,
            "constraints": [rule.text for rule in self.space.constraints],
            "try_first": [dict(point) for point in self.space.try_first],
            "search": self.spec.model_dump(mode="json", exclude=set(MAY_CHANGE)),
        }


def _plain_parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "type": type(parameter.domain).__name__,
        "domain": _plain_domain(parameter),
        "when": _plain_when(parameter),
    }


def _plain_domain(parameter: Parameter) -> list[Any]:
    domain = parameter.domain
    if isinstance(domain, Choice):
        return [list(option) for option in domain.options]
    return [domain.low, domain.high, domain.log, domain.step]


def _plain_when(parameter: Parameter) -> list[Any]:
    return [[parent, sorted(map(compact, labels))] for parent, labels in parameter.when]


def load(
    argument: str,
    overrides: Sequence[str] = (),
    machine: Machine | None = THIS_MACHINE,
    allowed: Collection[str] = (),
) -> Search:
    """Read and check a search; nothing is built and no data is opened.

    `argument` is a path or the name of a shipped space. `machine` is where trials run; None, for a
    cluster, leaves out whether they fit. `allowed` are the installed packages whose code the space
    file may name.

    **Raises**: UserError with every problem of the space file, the base config and the overrides.
    """
    findings = Findings()
    parts = read_parts(argument, overrides, findings, allowed)
    if machine is not None:
        rules.check_machine(parts.file.resources, machine, parts.document, findings)
    check_limits(parts.file.search, parts.file.resources, parts.document, findings)
    rules.check_hand_over(parts.file.search, parts.file.resources, parts.document, findings)
    check_trade_off(parts.file.search, parts.document, findings)
    epochs = _check(parts, findings)
    findings.stop()
    return Search(
        path=parts.document.path,
        spec=parts.file.search,
        resources=parts.file.resources,
        space=parts.space,
        base=parts.base.data,
        trainable=parts.reference,
        fixed=parts.fixed_names,
        notes=tuple(findings.notes),
        text=parts.document.path.read_text(encoding="utf-8-sig"),
        epochs=epochs[1],
        sources=Sources(parts.document, parts.base),
        as_written=parts.as_written,
    )


def _check(parts: Parts, findings: Findings) -> tuple[int, int]:
    search, space, document = parts.file.search, parts.space, parts.document
    rules.check_size(search, space, document, findings)
    rules.check_sampler(search, space, findings)
    epochs = check_corners(Sources(document, parts.base), space, parts.module, findings)
    if epochs is None:
        findings.stop()
        return 0, 0
    rules.check_scheduler(search, epochs, space, document, findings)
    return epochs
