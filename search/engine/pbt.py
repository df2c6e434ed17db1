"""Population-based training in our space, with our sampler's first configurations."""

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


def build_pbt(options: spec.PbtScheduler, space: Space, mode: str, seed: int) -> TrialScheduler:
    """Population-based training over the parameters that mutate."""
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
        own = {key: trial.config[key] for key in ("number", "seed", "attempt")}
        point = self._inside(config["point"], trial_to_clone.config["point"])
        return {**config, **own, "point": point}, operations

    def _inside(self, point: dict[str, Any], donor: dict[str, Any]) -> dict[str, Any]:
        """Ray multiplies values without a bound: brought back into the space, else the donor's."""
        clamped = {n: self._space.by_name[n].domain.nearest(value) for n, value in point.items()}
        return dict(donor) if self._space.problems(clamped) else clamped


def _resample(domain: Any, seed: int, name: str) -> Callable[[], Any]:
    generator = random.Random(f"{seed}/{name}")
    return lambda: domain.sample(generator)
