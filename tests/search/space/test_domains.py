from __future__ import annotations

from random import Random
from typing import Any

import optuna
import pytest
from optuna.distributions import FloatDistribution, IntDistribution

from search.space.bounds import DomainError
from search.space.domains import Choice, Domain, Float, Int


@pytest.mark.filterwarnings("ignore:The distribution is specified by")
@pytest.mark.parametrize(
    ("low", "high", "step"), [(0.0, 1.0, 0.3), (0.1, 0.9, 0.1), (1.0, 10.0, 4.0), (-1.0, 1.0, 0.25)]
)
def test_a_step_ends_where_optuna_ends(low: float, high: float, step: float) -> None:
    assert Float(low, high, step=step).high == FloatDistribution(low, high, step=step).high


@pytest.mark.filterwarnings("ignore:The distribution is specified by")
@pytest.mark.parametrize(("low", "high", "step"), [(8, 100, 8), (1, 10, 3), (-5, 5, 4)])
def test_a_whole_step_ends_where_optuna_ends(low: int, high: int, step: int) -> None:
    assert Int(low, high, step=step).high == IntDistribution(low, high, step=step).high


DOMAINS: list[Domain] = [
    Choice.of(["a", None, True, 2, 0.5]),
    Choice((("small", [64]), ("big", {"width": 512}))),
    Float(1e-5, 1e-1, log=True),
    Float(-1.0, 1.0),
    Float(0.0, 1.0, step=0.1),
    Int(1, 7),
    Int(1, 1000, log=True),
    Int(8, 100, step=8),
]


@pytest.mark.parametrize("domain", DOMAINS, ids=str)
def test_a_domain_contains_what_it_samples_and_its_corners(domain: Domain) -> None:
    random = Random(1)
    drawn = [domain.sample(random) for _ in range(300)]
    assert all(domain.contains(value) for value in [*drawn, *domain.corners()])


@pytest.mark.parametrize("domain", [d for d in DOMAINS if d.size() is not None], ids=str)
def test_a_finite_domain_samples_all_its_values_and_no_other(domain: Domain) -> None:
    values = list(domain.values())
    assert len(values) == domain.size()
    if len(values) < 20:
        random = Random(1)
        assert {repr(domain.sample(random)) for _ in range(2000)} == set(map(repr, values))


def test_stepped_values_are_decimal() -> None:
    # in binary arithmetic 0.1 + 2 * 0.1 is 0.30000000000000004
    assert list(Float(0.1, 0.5, step=0.1).values()) == [0.1, 0.2, 0.3, 0.4, 0.5]


def test_what_optuna_samples_with_a_step_is_contained() -> None:
    domain = Float(0.1, 0.9, step=0.1)
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=1))
    for _ in range(50):
        assert domain.contains(study.ask().suggest_float("x", 0.1, 0.9, step=0.1))


@pytest.mark.parametrize(
    ("domain", "value"),
    [
        (Float(0.0, 1.0), True),
        (Float(0.0, 1.0), 1.0000001),
        (Float(0.0, 1.0), float("nan")),
        (Float(0.0, 1.0), "0.5"),
        (Float(0.0, 1.0, step=0.5), 0.3),
        (Int(1, 9), 1.5),
        (Int(1, 9, step=2), 2),
        (Int(0, 1), False),
        (Choice.of([1, 2]), True),
        (Choice.of(["a", "b"]), "c"),
    ],
)
def test_a_domain_does_not_contain(domain: Domain, value: Any) -> None:
    assert not domain.contains(value)


def test_a_step_has_one_spelling() -> None:
    assert Float(0.1, 0.9, step=0.1).normal(0.1 + 2 * 0.1) == 0.3


def test_a_step_is_found_where_floats_are_coarse() -> None:
    domain = Float(262144.0, 262144.015625, step=0.002232142857142857)
    values = list(domain.values())
    assert len(values) == 8  # 0.015625 is seven steps
    assert all(domain.contains(value) for value in values)


def test_a_list_is_labelled_by_its_compact_json() -> None:
    choice = Choice.of([[64, 64], [128]])
    assert choice.labels == ("[64,64]", "[128]")
    assert choice.plain("[64,64]") == [64, 64]


def test_the_plain_value_finds_its_label() -> None:
    choice = Choice((("small", [64]), ("big", {"width": 512})))
    assert choice.normal([64]) == "small"
    assert choice.normal({"width": 512}) == "big"
    assert choice.normal("big") == "big"


def test_only_options_that_are_their_own_label_are_plain() -> None:
    assert Choice.of([1, "a"]).is_plain
    assert not Choice.of([[1], "a"]).is_plain


@pytest.mark.parametrize("bounds", [(1.0, 1e3), (1, 1000)])
def test_a_whole_float_is_a_bound_of_an_int(bounds: tuple[Any, Any]) -> None:
    assert Int(*bounds).corners() == (1, 1000)


def test_a_range_that_is_wider_than_a_float_is_refused() -> None:
    with pytest.raises(DomainError, match="too wide"):
        Float(-1e308, 1e308)


def test_a_choice_refuses_what_is_not_finite() -> None:
    with pytest.raises(DomainError, match="not a finite number"):
        Choice.of([float("nan"), 1.0])
