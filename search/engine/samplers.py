"""From a sampler's name and options in the YAML to Optuna's sampler."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import optuna
from optuna import samplers

from search import spec


def _random(_: spec.RandomSampler, seed: int) -> samplers.BaseSampler:
    return samplers.RandomSampler(seed=seed)


def _tpe(options: spec.TpeSampler, seed: int) -> samplers.BaseSampler:
    # multivariate and constant_liar changed their defaults in Optuna 5: always said, never assumed.
    return samplers.TPESampler(
        n_startup_trials=options.startup_trials,
        n_ei_candidates=options.ei_candidates,
        multivariate=options.multivariate,
        group=options.group,
        constant_liar=options.constant_liar,
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
    # Optuna calls `group`, which conditional spaces need, experimental: no news to a user.
    warnings.filterwarnings("ignore", category=optuna.exceptions.ExperimentalWarning)
    return SAMPLERS[type(options)](options, seed)
