"""From a scheduler's name and options in the YAML to Ray Tune's scheduler, on our own two axes.

Time is always the reported `epoch`, never Ray's `training_iteration`, which restarts with a trial.
The value is always the best so far, so that no curve is stopped for one bad epoch.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
from ray.tune import schedulers
from ray.tune.experiment import Trial
from ray.tune.schedulers import TrialScheduler

from search import spec
from search.engine import words
from search.engine.words import BEST, EPOCH
from search.space.domains import Choice
from search.space.space import Space


def _asha(options: spec.AshaScheduler, max_epochs: int, mode: str) -> TrialScheduler:
    # Half an epoch below the end: the last epoch is no rung, and no trial is "stopped" there.
    return schedulers.ASHAScheduler(
        time_attr=EPOCH,
        metric=BEST,
        mode=mode,
        max_t=max(max_epochs - 0.5, options.grace_epochs),  # type: ignore[arg-type]
        grace_period=options.grace_epochs,
        reduction_factor=options.reduction_factor,
        brackets=1,
        stop_last_trials=False,
    )


def _median(options: spec.MedianScheduler, _: int, mode: str) -> TrialScheduler:
    return SteadyMedian(
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
    # Ray draws its perturbations from the global generators.
    random.seed(seed)
    np.random.seed(seed % 2**32)
    return SearchedPbt(
        space,
        time_attr=EPOCH,
        metric=BEST,
        mode=mode,
        perturbation_interval=options.interval_epochs,
        quantile_fraction=options.quantile_fraction,
        resample_probability=options.resample_probability,
        hyperparam_mutations={"point": mutations},
        log_config=False,
    )


class SteadyMedian(schedulers.MedianStoppingRule):
    """Median stopping that lets a trial go on while there are too few others to compare it with.

    Ray's rule pauses it then, to make way for the others, and it would begin again from nothing.
    """

    def _on_insufficient_samples(self, *_: Any) -> str:
        return TrialScheduler.CONTINUE


class SearchedPbt(schedulers.PopulationBasedTraining):
    """Population-based training whose first configurations come from our sampler, in our space.

    Ray refuses a sampler because it would learn from what it did not propose. Ours does: it is told
    the best that a trial reached, whatever its values were by then, and so it only learns where a
    population begins well.
    """

    def __init__(self, space: Space, **options: Any) -> None:
        super().__init__(**options)
        self._space = space

    def on_trial_add(self, tune_controller: Any, trial: Trial) -> None:
        without_search: Any = SimpleNamespace(search_alg=None)
        super().on_trial_add(without_search, trial)

    def on_trial_result(self, tune_controller: Any, trial: Trial, result: dict[str, Any]) -> str:
        # A trial at its end is no longer given another's weights: it would begin its end again.
        ended = result.get(words.RETURNED) or result[EPOCH] >= result[words.PLANNED]
        if ended:
            return TrialScheduler.CONTINUE
        return str(super().on_trial_result(tune_controller, trial, result))

    def _get_new_config(self, trial: Trial, trial_to_clone: Trial) -> tuple[dict[str, Any], Any]:
        config, operations = super()._get_new_config(trial, trial_to_clone)
        # What makes a trial this trial stays; only its point is another's.
        own = {key: trial.config[key] for key in ("number", "seed")}
        point = self._inside(config["point"], trial_to_clone.config["point"])
        return {**config, **own, "point": point}, operations

    def _inside(self, point: dict[str, Any], donor: dict[str, Any]) -> dict[str, Any]:
        """Ray multiplies values without a bound: brought back into the space, else the donor's."""
        clamped = {n: self._space.by_name[n].domain.nearest(value) for n, value in point.items()}
        return dict(donor) if self._space.problems(clamped) else clamped


def _resample(domain: Any, seed: int, name: str) -> Callable[[], Any]:
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
