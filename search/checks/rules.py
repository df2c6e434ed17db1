"""The rules of a search that no shape can say: epochs, scheduler, grid and machine."""

from __future__ import annotations

from math import prod

from search import spec
from search.checks.findings import Findings
from search.checks.machine import Machine
from search.errors import nearest
from search.space.domains import Choice
from search.space.space import Space
from search.text.documents import Document

MAX_GRID = 1_000_000

_DEAF = spec.CmaesSampler | spec.GpSampler | spec.Nsga2Sampler
"""Samplers that never see what was rejected: Optuna's learn from finished trials alone."""


def check_scheduler(
    search: spec.SearchSpec,
    epochs: tuple[int, int],
    space: Space,
    document: Document,
    findings: Findings,
) -> None:
    """The scheduler fits the fewest and the most epochs that a trial can have."""
    scheduler = search.scheduler
    if isinstance(scheduler, spec.PbtScheduler):
        _check_mutate(scheduler, space, document, findings)
    if not isinstance(scheduler, spec.AshaScheduler | spec.MedianScheduler):
        return
    grace, fewest = scheduler.grace_epochs, epochs[0]
    if grace > fewest:
        message = (
            f"{grace} must not exceed the epochs of a trial ({fewest}), or no trial is ever "
            "compared; lower it, or write search.scheduler: {name: none}"
        )
        findings.add(document.problem(("search", "scheduler", "grace_epochs"), message))
    elif grace == fewest:
        findings.note(
            f"{scheduler.name} never stops a trial of {fewest} epochs with grace_epochs {grace}"
        )


def check_hand_over(
    search: spec.SearchSpec, resources: spec.Resources, document: Document, findings: Findings
) -> None:
    """Trials of several workers cannot be paused and go on, or be cloned."""
    name = search.scheduler.name
    if name in spec.HANDS_OVER and resources.workers > 1:
        message = f"{name} hands checkpoints from worker to worker, and needs resources.workers: 1"
        findings.add(document.problem(("search", "scheduler", "name"), message))


def _check_mutate(
    scheduler: spec.PbtScheduler, space: Space, document: Document, findings: Findings
) -> None:
    for number, name in enumerate(scheduler.mutate):
        parameter = space.by_name.get(name)
        if parameter is None:
            message = f"{name!r} is not searched{nearest(name, space.by_name)}"
        elif parameter.when:
            message = f"{name!r} exists only when {parameter.condition}; pbt needs it in each trial"
        else:
            continue
        findings.add(document.problem(("search", "scheduler", "mutate", number), message))


def check_size(
    search: spec.SearchSpec, space: Space, document: Document, findings: Findings
) -> None:
    """A grid has an end; a space smaller than the number of trials is worth a note."""
    is_grid = isinstance(search.sampler, spec.GridSampler)
    endless = [p.name for p in space.parameters if p.domain.size() is None]
    if endless:
        for name in endless if is_grid else ():
            message = "a grid needs values that end; give this range a step"
            findings.add(document.problem(("space", name), message))
        return
    most = prod(parameter.domain.size() or 1 for parameter in space.parameters)
    if is_grid and most > MAX_GRID:
        message = f"the grid may have {most} points; {MAX_GRID} are the most"
        findings.add(document.problem(("search", "sampler"), message))
    elif most <= 10_000 or is_grid:
        _note_size(search, space.grid_size(), findings)


def _note_size(search: spec.SearchSpec, size: int, findings: Findings) -> None:
    if isinstance(search.sampler, spec.GridSampler) and size > search.trials:
        findings.note(f"the grid has {size} points, but search.trials is {search.trials}")
    if size < search.trials:
        findings.note(f"the space has only {size} points for {search.trials} trials")


def check_sampler(search: spec.SearchSpec, space: Space, findings: Findings) -> None:
    """CMA-ES draws at random what it cannot model; only TPE hears of points that were rejected."""
    name = search.sampler.name
    random = [p.name for p in space.parameters if p.when or isinstance(p.domain, Choice)]
    if random and isinstance(search.sampler, spec.CmaesSampler):
        findings.note(f"{name} draws choices and conditional parameters at random: {_few(random)}")
    if space.constraints and isinstance(search.sampler, _DEAF):
        findings.note(
            f"{name} does not learn from constraints: it goes on to propose points that break one, "
            "which are thrown away untrained; tpe learns from them"
        )


def _few(names: list[str]) -> str:
    return ", ".join(names[:5]) + (", ..." if len(names) > 5 else "")


def check_machine(
    resources: spec.Resources, machine: Machine, document: Document, findings: Findings
) -> None:
    """One trial must fit on the machine."""
    for key, message in machine.misfits(resources):
        findings.add(document.problem(("resources", key), message))
