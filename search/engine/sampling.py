"""The space as Optuna sees it: define by run, each parameter sampled only where it is active."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import optuna

from search.space.domains import Choice, Domain, Float, Int
from search.space.labels import Label
from search.space.space import Space


def suggest(space: Space, trial: optuna.Trial) -> dict[str, Label]:
    """Ask Optuna for the active parameters, parents first, and for nothing else."""
    point: dict[str, Label] = {}
    for parameter in space.parameters:
        if parameter.is_active(point):
            ask = SUGGEST[type(parameter.domain)]
            point[parameter.name] = ask(trial, parameter.name, parameter.domain)
    return point


def _choice(trial: optuna.Trial, name: str, domain: Choice) -> Label:
    return trial.suggest_categorical(name, list(domain.labels))


def _float(trial: optuna.Trial, name: str, domain: Float) -> Label:
    return trial.suggest_float(name, domain.low, domain.high, log=domain.log, step=domain.step)


def _int(trial: optuna.Trial, name: str, domain: Int) -> Label:
    return trial.suggest_int(name, domain.low, domain.high, log=domain.log, step=domain.step or 1)


SUGGEST: dict[type[Domain], Callable[[optuna.Trial, str, Any], Label]] = {
    Choice: _choice,
    Float: _float,
    Int: _int,
}
