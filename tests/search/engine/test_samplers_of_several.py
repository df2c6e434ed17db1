"""Samplers in searches of several objectives: asked and told as in the engine."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.distributions import BaseDistribution, FloatDistribution
from optuna.trial import TrialState

from search import spec
from search.engine.samplers import SAMPLERS, build_sampler, build_sampler_for
from search.engine.sampling import suggest
from search.load import load
from search.seeds import sampler_seed
from search.space.labels import Point
from search.space.space import Space

YAML = """
trainable: {trainable}
search: {{metric: [score, other], mode: [max, min]}}
space:
  x: {{float: [1e-4, 1.0], log: true}}
  kind: [plain, shifted]
  y: {{float: [0, 1], step: 0.25, when: {{kind: shifted}}}}
"""
RANDOM = spec.RandomSampler()


@dataclass(frozen=True)
class Learner:
    """A sampler that learns, and how soon it has found the front."""

    options: Any
    trials: int
    near: tuple[int, int]
    """How many of how many last points are near the front at least."""


# The front is an eighth of the range with what counts as near. Ten of twenty random points, or
# seven of ten, are near in about five of 100 000 cases (binomial distribution).
LEARNERS = {
    "tpe": Learner(spec.TpeSampler(startup_trials=7), 100, (10, 20)),
    "gp": Learner(spec.GpSampler(startup_trials=5), 16, (7, 10)),
    "nsga2": Learner(spec.Nsga2Sampler(population_size=10), 150, (10, 20)),
}


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Space:
    file = tmp_path_factory.mktemp("space") / "space.yaml"
    file.write_text(YAML.format(trainable=Path(__file__).with_name("fault_trainable.py")))
    return load(str(file)).space


def decade(point: Point) -> float:
    return math.log10(float(str(point["x"])))


def is_near(point: Point) -> bool:
    """Within an eighth of a decade of the front, which lies between 10^-2.25 and 10^-2."""
    return -2.375 < decade(point) < -1.875


def points(space: Space, options: Any, trials: int, seed: int = 3) -> list[Point]:
    """What a sampler asks for that is told how far x is from two places a quarter decade apart."""
    study = optuna.create_study(directions=["maximize", "minimize"])
    asked: list[Point] = []
    for number in range(trials):
        study.sampler = build_sampler_for(study, options, sampler_seed(seed, number))
        trial = study.ask()
        asked.append(suggest(space, trial))
        away = decade(asked[-1]) + 2, decade(asked[-1]) + 2.25
        study.tell(trial, [-(away[0] ** 2), away[1] ** 2])
    return asked


def test_every_sampler_that_learns_and_can_is_in_the_table() -> None:
    able = {kind().name for kind in SAMPLERS} - set(spec.ONE_OBJECTIVE) - {"random", "grid"}
    assert set(LEARNERS) == able


@pytest.mark.parametrize("name", LEARNERS)
def test_points_gather_at_the_front(space: Space, name: str) -> None:
    learner = LEARNERS[name]
    wanted, of_last = learner.near

    def near(asked: list[Point]) -> int:
        return sum(map(is_near, asked[-of_last:]))

    found = points(space, learner.options, learner.trials)
    assert near(found) >= wanted
    assert near(points(space, RANDOM, learner.trials)) < wanted
    assert all(space.partial_problems(point) == [] for point in found)


ABLE = [options for kind in SAMPLERS if (options := kind()).name not in spec.ONE_OBJECTIVE]


@pytest.mark.parametrize("options", ABLE, ids=lambda options: options.name)
def test_the_same_seed_gives_the_same_points(space: Space, options: Any) -> None:
    assert points(space, options, 3, seed=5) == points(space, options, 3, seed=5)
    assert points(space, options, 3, seed=5) != points(space, options, 3, seed=6)


def test_what_optuna_refuses_for_several_objectives_is_what_the_check_refuses(
    space: Space,
) -> None:
    options = spec.CmaesSampler()
    assert options.name in spec.ONE_OBJECTIVE
    with pytest.raises(ValueError, match="multi-objective"):
        points(space, options, 3)


def stopped_and_complete(build: Any) -> list[float]:
    """Where TPE draws x that was told of 30 stopped trials at 0.2 and a complete one at 0.8."""
    study = optuna.create_study(directions=["maximize", "minimize"])
    range_of_x: dict[str, BaseDistribution] = {"x": FloatDistribution(0, 1)}
    for _ in range(30):
        state = TrialState.PRUNED
        study.add_trial(
            optuna.trial.create_trial(state=state, params={"x": 0.2}, distributions=range_of_x)
        )
    study.add_trial(
        optuna.trial.create_trial(values=[1, 1], params={"x": 0.8}, distributions=range_of_x)
    )
    drawn = []
    for seed in range(20):
        study.sampler = build(study, spec.TpeSampler(constant_liar=False), seed)
        drawn.append(study.ask(range_of_x).params["x"])
    return drawn


def test_plain_tpe_takes_stopped_trials_for_good_ones() -> None:
    # a tenth of 31, rounded up: the complete trial and three of those that were stopped
    drawn = stopped_and_complete(lambda _, options, seed: build_sampler(options, seed))
    assert sum(abs(x - 0.2) < 0.2 for x in drawn) > 0


def test_ours_learns_where_to_go_from_complete_trials_alone() -> None:
    drawn = stopped_and_complete(build_sampler_for)
    assert sum(abs(x - 0.2) < 0.2 for x in drawn) == 0
    assert sum(abs(x - 0.8) < 0.2 for x in drawn) > 10


def test_no_sampler_speaks_to_the_user(space: Space) -> None:
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        for name, learner in LEARNERS.items():
            assert points(space, learner.options, 8 if name != "nsga2" else 12)
    assert [str(warning.message) for warning in said] == []
