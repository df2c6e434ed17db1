"""Proves a search before it starts: builds every corner, finds dead knobs, opens the data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from search.checks.blame import Blame
from search.checks.contexts import Completion, cases, completion
from search.checks.findings import Findings
from search.checks.judge import MAX_PROBES, Judge
from search.checks.knobs import dead_knobs, is_thinned
from search.checks.overridden import base_problem
from search.checks.wording import Fault
from search.errors import Problem
from search.load import Search
from search.raised import refusal, told
from trainables.contract import ConfigError, Trainable


def prove(search: Search) -> tuple[str, ...]:
    """Build what every trial could build, without training; returns what a user should know.

    **Raises**: UserError with every value that a component refuses, every parameter that has no
    effect, and what is wrong with the data.
    """
    findings = Findings()
    module = search.trainable.load()
    made = completion(search.space, search.base)
    judge = Judge(search.base, module.Config, module.Config.arguments, module.probe)
    blame = Blame(search.sources, made, judge)
    findings.extend(blame.check(list(cases(made))))
    for knob in dead_knobs(made, judge):
        place = search.sources.space.place(("space", knob.parameter))
        findings.add(Problem(place, f"space.{knob.parameter}", knob.message))
    _note_bounds(search, judge, findings)
    _check_data(search, module, judge, made, findings)
    findings.stop()
    return tuple(findings.notes)


def _note_bounds(search: Search, judge: Judge, findings: Findings) -> None:
    if judge.is_spent or is_thinned(search.space):
        findings.note(
            f"the space has more than {MAX_PROBES} combinations to build; only a part was tried"
        )


def _check_data(
    search: Search, module: Trainable, judge: Judge, made: Completion, findings: Findings
) -> None:
    values = search.space.values(made.complete({}))
    config = judge.verdict(values).config
    if config is None:
        return
    try:
        for note in module.check_data(config) or ():
            findings.note(note)
    except ConfigError as error:
        _blame_data(search, values, Fault(tuple(error.key.split(".")), refusal(error)), findings)
    # someone else's code: whatever it raises is told
    except Exception as error:  # noqa: BLE001
        message = f"the data cannot be checked: {told(error)}"
        findings.add(search.sources.space.problem(("trainable",), message))


def _blame_data(
    search: Search, values: Mapping[str, Any], fault: Fault, findings: Findings
) -> None:
    if fault.key in values:
        findings.add(search.sources.space.problem(("space", fault.key), fault.message))
    else:
        findings.add(base_problem(search.sources.base, fault.path, fault.message))
