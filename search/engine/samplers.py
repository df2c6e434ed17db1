"""From a sampler's name and options in the YAML to Optuna's sampler."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable
from typing import Any

import optuna
from optuna import samplers
from optuna.trial import TrialState

from search import spec

NO_NEWS: tuple[tuple[type[Warning], str], ...] = (
    # `group`, which conditional spaces need, and constraints of a trial
    (optuna.exceptions.ExperimentalWarning, ""),
    # gone in Optuna 6, which this project does not accept before it has another way
    (FutureWarning, "`sigma0` has been deprecated"),
    (FutureWarning, "`gamma` has been deprecated"),
    # a note of the check says so, before the search and once
    (UserWarning, "Constraints have been set, but CmaEsSampler"),
)
"""What Optuna warns of with each trial, but what a user cannot act on or knows already."""


GOOD_SHARE = 0.1
"""The share of trials that TPE takes for good ones, of several objectives: Optuna's own."""


def _random(_: spec.RandomSampler, seed: int) -> samplers.BaseSampler:
    return samplers.RandomSampler(seed=seed)


def _tpe(
    options: spec.TpeSampler, seed: int, gamma: Callable[[int], int] | None = None
) -> samplers.BaseSampler:
    # multivariate and constant_liar changed their defaults in Optuna 5: always said, never assumed.
    return samplers.TPESampler(
        n_startup_trials=options.startup_trials,
        n_ei_candidates=options.ei_candidates,
        multivariate=options.multivariate,
        group=options.group,
        constant_liar=options.constant_liar,
        gamma=gamma,
        seed=seed,
    )


def _gp(options: spec.GpSampler, seed: int) -> samplers.BaseSampler:
    return samplers.GPSampler(
        n_startup_trials=options.startup_trials,
        deterministic_objective=options.deterministic,
        warn_independent_sampling=False,
        seed=seed,
    )


def _cmaes(options: spec.CmaesSampler, seed: int) -> samplers.BaseSampler:
    return samplers.CmaEsSampler(
        n_startup_trials=options.startup_trials,
        sigma0=options.sigma0,
        warn_independent_sampling=False,
        seed=seed,
    )


def _nsga2(options: spec.Nsga2Sampler, seed: int) -> samplers.BaseSampler:
    return samplers.NSGAIISampler(
        population_size=options.population_size,
        mutation_prob=options.mutation_prob,
        crossover_prob=options.crossover_prob,
        seed=seed,
    )


def _grid(_: spec.GridSampler, seed: int) -> samplers.BaseSampler:
    # The points of the grid are enqueued by the engine; nothing is left to sample.
    return samplers.RandomSampler(seed=seed)


SAMPLERS: dict[type[Any], Callable[[Any, int], samplers.BaseSampler]] = {
    spec.RandomSampler: _random,
    spec.TpeSampler: _tpe,
    spec.GpSampler: _gp,
    spec.CmaesSampler: _cmaes,
    spec.Nsga2Sampler: _nsga2,
    spec.GridSampler: _grid,
}


def build_sampler(options: spec.Sampler, seed: int) -> samplers.BaseSampler:
    """Optuna's sampler for the options, with its own generator."""
    _keep_quiet()
    return SAMPLERS[type(options)](options, seed)


def build_sampler_for(
    study: optuna.Study, options: spec.Sampler, seed: int
) -> samplers.BaseSampler:
    """The same for the next question to a study, which may have several objectives."""
    if isinstance(options, spec.TpeSampler) and len(study.directions) > 1:
        _keep_quiet()
        return _tpe(options, seed, gamma=_good_ones(study))
    return build_sampler(options, seed)


def _good_ones(study: optuna.Study) -> Callable[[int], int]:
    """How many of so many ended trials are good ones: of several objectives, complete ones alone.

    A stopped trial has no values there (`telling`). Where fewer trials are complete than good ones
    are wanted, Optuna fills up with stopped ones in the order of their numbers.
    """
    ended = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    return lambda count: min(math.ceil(GOOD_SHARE * count), len(ended))


def _keep_quiet() -> None:
    for category, message in NO_NEWS:
        pattern = re.compile(message, re.IGNORECASE) if message else None
        # adding a filter makes Python forget what it has shown, so that all is shown again
        if ("ignore", pattern, category, None, 0) not in warnings.filters:
            warnings.filterwarnings("ignore", message, category)
