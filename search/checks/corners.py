"""Checks every corner of a space against the trainable's config class; nothing is built."""

from __future__ import annotations

from search.checks.blame import Blame
from search.checks.config_keys import arguments_by_shape
from search.checks.contexts import cases, completion
from search.checks.findings import Findings
from search.checks.judge import Judge
from search.checks.objectives import check_reported
from search.checks.sources import Sources
from search.space.labels import Point
from search.space.space import Space
from search.text.documents import Document
from trainables.contract import Trainable


def shape_judge(base: Document, module: Trainable) -> Judge:
    """Judges configs by their class alone, without importing what components are made of."""
    config_class = module.Config

    def by_shape(section: str, name: str) -> frozenset[str] | None:
        return arguments_by_shape(config_class, section, name)

    return Judge(base.data, config_class, by_shape)


def check_corners(
    sources: Sources, space: Space, module: Trainable, findings: Findings
) -> tuple[int, int] | None:
    """Check every corner of the space; the fewest and the most epochs of a trial."""
    made = completion(space, sources.base.data)
    judge = shape_judge(sources.base, module)
    corners = list(cases(made))
    problems = Blame(sources, made, judge).check(corners)
    findings.extend(problems)
    points: list[Point] = [made.complete({}), *(case.point for case in corners)]
    verdicts = [judge.verdict(space.values(point)) for point in points]
    configs = [verdict.config for verdict in verdicts if verdict.config is not None]
    check_reported(configs, sources.space, findings)
    try:
        epochs = [config.max_epochs() for config in configs]
    except NotImplementedError:
        message = "its Config does not say max_epochs()"
        findings.add(sources.space.problem(("trainable",), message))
        return None
    return (min(epochs), max(epochs)) if epochs else None
