"""What a search can improve: metrics that exist, point the right way and are a fair measure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from search import spec
from search.checks.findings import Findings
from search.checks.shared_keys import varied
from search.errors import nearest
from search.space.space import Space
from search.text.documents import Document, Key
from trainables.contract import Metric, TrialConfig

TRAINING = "train_"
"""How the names of metrics of the training data begin, which no search is judged by."""

METRIC: Key = ("search", "metric")
MODE: Key = ("search", "mode")


@dataclass(frozen=True)
class Named:
    """A metric as the space file names it, where it does, and its mode if that can be told."""

    name: Any
    at: Key
    mode: Any = None
    mode_at: Key = MODE


def check_metrics(
    metrics: Mapping[str, Metric], space: Space, document: Document, findings: Findings
) -> None:
    """Each metric exists, points the way that its mode says, and is not bent by what is searched.

    What has the wrong shape is left to the check of the shape.
    """
    _check_number(metrics, document, findings)
    known: set[str] = set()
    for named in _named(document):
        if not isinstance(named.name, str):
            continue
        if named.name in known:
            message = f"{named.name!r} is named twice; name each objective once"
            findings.add(document.problem(named.at, message))
            continue
        known.add(named.name)
        _check_one(named, metrics, space, document, findings)


def check_reported(configs: Iterable[TrialConfig], document: Document, findings: Findings) -> None:
    """Every one of these trials reports each metric."""
    reasons = dict(pair for config in configs for pair in config.unreported().items())
    for named in _named(document):
        if isinstance(named.name, str) and named.name in reasons:
            message = f"{named.name} is not reported: {reasons[named.name]}"
            findings.add(document.problem(named.at, message))


def _named(document: Document) -> Iterator[Named]:
    names, modes = document.get(METRIC), document.get(MODE)
    if not isinstance(names, list):
        yield Named(names, METRIC, modes)
        return
    paired = isinstance(modes, list) and len(modes) == len(names)
    for place, name in enumerate(names):
        at, mode_at = (*METRIC, place), (*MODE, place)
        yield Named(name, at, modes[place], mode_at) if paired else Named(name, at)


def _check_number(metrics: Mapping[str, Metric], document: Document, findings: Findings) -> None:
    names, modes = document.get(METRIC), document.get(MODE)
    if isinstance(names, str) and isinstance(modes, list):
        message = f"is a list, but search.metric is one; write mode: {_way(names, metrics)}"
        findings.add(document.problem(MODE, message))
    if not isinstance(names, list) or modes is None:
        return
    if not isinstance(modes, list) or len(modes) != len(names):
        ways = ", ".join(_way(name, metrics) for name in names)
        message = f"needs one mode for each of the {len(names)} metrics; write mode: [{ways}]"
        findings.add(document.problem(MODE, message))


def _way(name: Any, metrics: Mapping[str, Metric]) -> str:
    """The mode that fits a metric; the one that fits most where it is not known."""
    metric = metrics.get(name) if isinstance(name, str) else None
    return metric.direction if metric else "max"


def _check_one(
    named: Named,
    metrics: Mapping[str, Metric],
    space: Space,
    document: Document,
    findings: Findings,
) -> None:
    name, metric = named.name, metrics.get(named.name)
    if metric is None:
        known = ", ".join(metrics)
        message = f"{name!r} is not reported; reported: {known}{nearest(name, metrics)}"
        findings.add(document.problem(named.at, message))
        return
    if named.mode in ("min", "max") and metric.direction != named.mode:
        better = "larger" if metric.direction == "max" else "smaller"
        message = f"{name} is better when it is {better}; write mode: {metric.direction}"
        findings.add(document.problem(named.mode_at, message))
    if name.startswith(TRAINING):
        message = f"{name} is measured on the training data, which rewards learning it by heart"
        findings.add(document.problem(named.at, message))
    bending = bent_by(metric, space)
    if bending:
        free = ", ".join(
            name
            for name, other in metrics.items()
            if not bent_by(other, space) and not name.startswith(TRAINING)
        )
        message = (
            f"{name} is no fair measure here: its scale is bent by the searched "
            f"{', '.join(bending)}; choose one that is not: {free or 'there is none'}"
        )
        findings.add(document.problem(named.at, message))


def bent_by(metric: Metric, space: Space) -> list[str]:
    """The searched parameters that change the scale of a metric."""
    return [
        parameter.name
        for parameter in space.parameters
        if any(
            f"{key}.".startswith(f"{bending}.")
            for key in tuple(varied(parameter)) or (parameter.name,)
            for bending in metric.depends_on
        )
    ]


def check_trade_off(search: spec.SearchSpec, document: Document, findings: Findings) -> None:
    """The sampler and the scheduler can compare trials by several objectives."""
    if isinstance(search.metric, str):
        return
    for key, chosen, union in (
        ("sampler", search.sampler, spec.Sampler),
        ("scheduler", search.scheduler, spec.Scheduler),
    ):
        if chosen.name in spec.ONE_OBJECTIVE:
            able = [model.model_fields["name"].default for model in get_args(union)]
            message = (
                f"{chosen.name} knows one objective alone: {spec.ONE_OBJECTIVE[chosen.name]}; "
                f"several need {', '.join(n for n in able if n not in spec.ONE_OBJECTIVE)}"
            )
            findings.add(document.problem(("search", key, "name"), message))
