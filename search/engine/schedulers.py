"""From a scheduler's name and options in the YAML to Ray Tune's scheduler, on our own two axes.

Time is always the reported `epoch`, never Ray's `training_iteration`, which restarts with a trial.
The value is always the best so far, so that no curve is stopped for one bad epoch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ray.tune import schedulers
from ray.tune.schedulers import TrialScheduler

from search import spec
from search.domains import Choice
from search.engine.words import BEST, EPOCH
from search.space import Space


def _asha(options: spec.AshaScheduler, max_epochs: int, mode: str) -> TrialScheduler:
    # Half an epoch below the end: the last epoch is no rung, and no trial is "stopped" there.
    return schedulers.ASHAScheduler(
        time_attr=EPOCH,
        metric=BEST,
        mode=mode,
        max_t=max_epochs - 0.5,  # type: ignore[arg-type]
        grace_period=options.grace_epochs,
        reduction_factor=options.reduction_factor,
        brackets=1,
        stop_last_trials=False,
    )


def _median(options: spec.MedianScheduler, _: int, mode: str) -> TrialScheduler:
    return schedulers.MedianStoppingRule(
        time_attr=EPOCH,
        metric=BEST,
        mode=mode,
        grace_period=options.grace_epochs,
        min_samples_required=options.min_trials,
    )


def _none(_: spec.NoScheduler, __: int, ___: str) -> TrialScheduler:
    return schedulers.FIFOScheduler()  # type: ignore[no-untyped-call]


def _hyperband(options: spec.HyperbandScheduler, max_epochs: int, mode: str) -> TrialScheduler:
    return schedulers.HyperBandScheduler(
        time_attr=EPOCH,
        metric=BEST,
        mode=mode,
        max_t=max_epochs,
        reduction_factor=options.reduction_factor,
    )


SCHEDULERS: dict[type[Any], Callable[[Any, int, str], TrialScheduler]] = {
    spec.AshaScheduler: _asha,
    spec.MedianScheduler: _median,
    spec.NoScheduler: _none,
    spec.HyperbandScheduler: _hyperband,
}


def build_scheduler(
    options: spec.Scheduler, space: Space, max_epochs: int, mode: str, seed: int
) -> TrialScheduler:
    """Ray Tune's scheduler for the options."""
    if isinstance(options, spec.PbtScheduler):
        return _pbt(options, space, mode, seed)
    return SCHEDULERS[type(options)](options, max_epochs, mode)


def _pbt(options: spec.PbtScheduler, space: Space, mode: str, seed: int) -> TrialScheduler:
    domains = {p.name: p.domain for p in space.parameters if p.name in options.mutate}
    mutations: dict[str, Any] = {
        name: list(domain.labels) if isinstance(domain, Choice) else _resample(domain, seed, name)
        for name, domain in domains.items()
    }
    return schedulers.PopulationBasedTraining(
        time_attr=EPOCH,
        metric=BEST,
        mode=mode,
        perturbation_interval=options.interval_epochs,
        quantile_fraction=options.quantile_fraction,
        resample_probability=options.resample_probability,
        hyperparam_mutations={"point": mutations},
        log_config=False,
    )


def _resample(domain: Any, seed: int, name: str) -> Callable[[], Any]:
    import random

    generator = random.Random(f"{seed}/{name}")
    return lambda: domain.sample(generator)


def rungs(options: spec.Scheduler, max_epochs: int) -> tuple[int, ...]:
    """The epochs at which ASHA compares trials, in whole numbers (no logarithm to round)."""
    if not isinstance(options, spec.AshaScheduler):
        return ()
    found = []
    rung = options.grace_epochs
    while rung < max_epochs:
        found.append(rung)
        rung *= options.reduction_factor
    return tuple(found)
