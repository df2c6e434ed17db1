"""Every sampler by its YAML name, asked for points of a conditional space with a constraint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import optuna
import pytest
from optuna.samplers import TPESampler

from search import spec
from search.engine.samplers import SAMPLERS, build_sampler
from search.engine.sampling import suggest
from search.load import load
from search.space.space import Space

YAML = """
trainable: {trainable}
search: {{metric: score, mode: max}}
space:
  x: {{float: [1e-4, 1.0], log: true}}
  fault_epoch: {{int: [2, 8], step: 2}}
  kind: [plain, shifted]
  y: {{float: [0, 1], step: 0.25, when: {{kind: shifted}}}}
constraints: [x * fault_epoch <= 6]
"""


@pytest.fixture
def space(tmp_path: Path) -> Space:
    file = tmp_path / "space.yaml"
    trainable = Path(__file__).with_name("fault_trainable.py")
    file.write_text(YAML.format(trainable=trainable))
    return load(str(file)).space


def options() -> list[Any]:
    return [kind() for kind in SAMPLERS]


@pytest.mark.parametrize("sampler", options(), ids=lambda sampler: sampler.name)
def test_each_point_lies_in_the_space(space: Space, sampler: spec.Sampler) -> None:
    study = optuna.create_study(direction="maximize", sampler=build_sampler(sampler, 3))
    for _ in range(25):
        trial = study.ask()
        point = suggest(space, trial)
        assert space.partial_problems(point) == []
        assert set(point) == {parameter.name for parameter in space.active(point)}
        assert space.normal(point) == point
        study.tell(trial, float(str(point["x"])))


@pytest.mark.parametrize("sampler", options(), ids=lambda sampler: sampler.name)
def test_the_same_seed_gives_the_same_points(space: Space, sampler: spec.Sampler) -> None:
    def points(seed: int) -> list[dict[str, Any]]:
        study = optuna.create_study(sampler=build_sampler(sampler, seed))
        return [dict(suggest(space, study.ask())) for _ in range(3)]

    assert points(5) == points(5)
    assert points(5) != points(6)


def test_the_defaults_that_optuna_changed_are_said() -> None:
    # Optuna 5: `multivariate` and `constant_liar` are True unless said otherwise (#6746, #6738).
    said = spec.TpeSampler(multivariate=False, group=False, constant_liar=False)
    sampler: Any = build_sampler(said, 0)
    assert isinstance(sampler, TPESampler)
    assert (sampler._multivariate, sampler._group, sampler._constant_liar) == (False, False, False)
    sampler = build_sampler(spec.TpeSampler(), 0)
    assert (sampler._multivariate, sampler._group, sampler._constant_liar) == (True, True, True)
