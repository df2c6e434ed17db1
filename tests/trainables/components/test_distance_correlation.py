from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import get_args

import numpy as np
import pytest
import torch
from torch import Tensor

from trainables.components.disco_config import Form
from trainables.components.distance_correlation import distance_correlation

FORMS: tuple[Form, ...] = get_args(Form)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Threads only wait for each other here; importing numba, as dcor does, allows more."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def drawn(n: int = 60, seed: int = 3) -> tuple[Tensor, Tensor, Tensor]:
    """Two numbers that depend on each other without a correlation, and weights."""
    random = np.random.default_rng(seed)
    first = random.normal(size=n)
    second = first**2 + random.normal(size=n)
    return tuple(torch.from_numpy(part) for part in (first, second, random.random(n)))  # type: ignore[return-value]


@pytest.mark.parametrize("n", [4, 60, 301])
def test_the_biased_form_is_that_of_dcor(n: int) -> None:
    import dcor

    first, second, _ = drawn(n)
    oracle = dcor.distance_correlation_sqr(first.numpy(), second.numpy())
    assert distance_correlation(first, second).item() == pytest.approx(oracle, abs=1e-13)


@pytest.mark.parametrize("n", [4, 60, 301])
def test_the_unbiased_form_is_that_of_dcor(n: int) -> None:
    import dcor

    first, second, _ = drawn(n)
    oracle = dcor.u_distance_correlation_sqr(first.numpy(), second.numpy())
    found = distance_correlation(first, second, form="unbiased")
    assert found.item() == pytest.approx(oracle, abs=1e-12)


def test_a_power_is_of_the_squared_correlation() -> None:
    import dcor

    first, second, _ = drawn()
    root = dcor.distance_correlation(first.numpy(), second.numpy())
    for power in (0.5, 1.0, 2.0):
        found = distance_correlation(first, second, power=power)
        assert found.item() == pytest.approx(root ** (2.0 * power), abs=1e-12)


def test_a_negative_value_keeps_its_sign_under_a_power() -> None:
    # by hand: n = 4 and any numbers whose unbiased value is negative
    first, second = torch.tensor([0.0, 1.0, 0.0, 1.0]), torch.tensor([0.0, 0.0, 1.0, 1.0])
    plain = distance_correlation(first, second, form="unbiased").item()
    assert plain < 0
    root = distance_correlation(first, second, power=0.5, form="unbiased").item()
    assert root == pytest.approx(-((-plain) ** 0.5))


def test_whole_weights_are_repeated_events() -> None:
    import dcor

    first, second, _ = drawn()
    times = np.random.default_rng(1).integers(0, 4, 60)
    oracle = dcor.distance_correlation_sqr(
        np.repeat(first.numpy(), times), np.repeat(second.numpy(), times)
    )
    found = distance_correlation(first, second, torch.from_numpy(times))
    assert found.item() == pytest.approx(oracle, abs=1e-12)


def _mean_over(size: int, term: Tensor, weights: Tensor) -> float:
    """The weighted mean of a term over all tuples of different events, one by one."""
    total = norm = 0.0
    for events in itertools.permutations(range(len(weights)), size):
        weight = float(torch.stack([weights[event] for event in events]).prod())
        total += weight * float(term[events])
        norm += weight
    return total / norm


def _counted(a: Tensor, b: Tensor, weights: Tensor) -> float:
    """The distance covariance as it is defined, over different events (Szekely et al. 2007)."""
    pairs = _mean_over(2, a * b, weights)
    triples = _mean_over(3, torch.einsum("ij,ik->ijk", a, b), weights)
    fours = _mean_over(4, torch.einsum("ij,kl->ijkl", a, b), weights)
    return pairs + fours - 2.0 * triples


def test_weights_of_the_unbiased_form_agree_with_counting() -> None:
    first, second, weights = drawn(7)
    a, b = ((part[:, None] - part[None, :]).abs() for part in (first, second))
    oracle = _counted(a, b, weights) / (_counted(a, a, weights) * _counted(b, b, weights)) ** 0.5
    found = distance_correlation(first, second, weights, form="unbiased")
    assert found.item() == pytest.approx(oracle, abs=1e-12)


@pytest.mark.parametrize("form", FORMS)
def test_events_without_weight_are_not_there(form: Form) -> None:
    first, second, _ = drawn()
    weights = (torch.arange(60) < 45).double()
    found = distance_correlation(first, second, weights, form=form)
    alone = distance_correlation(first[:45], second[:45], form=form)
    assert found.item() == pytest.approx(alone.item(), abs=1e-12)


@pytest.mark.parametrize("n", [50, 120])
@pytest.mark.parametrize(
    ("draw", "constant"),
    [
        # Szekely et al. 2007, theorem 5: n V^2 / (E|X - X'| E|Y - Y'|) is 1 on average, so that
        # n R^2 is about (E|X - X'|)^2 / dVar: 1/9 / (2/45) of uniform numbers, and of normal ones
        # 4/pi / (4 (1 - sqrt 3) / pi + 4/3)
        (torch.rand, 2.5),
        (torch.randn, 3.173),
    ],
)
def test_independent_numbers_show_the_bias_in_one_form_only(
    n: int, draw: Callable[..., Tensor], constant: float
) -> None:
    random = torch.Generator().manual_seed(n)
    samples = draw(300, 2, n, generator=random)
    found = torch.tensor(
        [
            [distance_correlation(first, second, form=form) for form in FORMS]
            for first, second in samples
        ]
    )
    mean, error = found.mean(dim=0), found.std(dim=0) / 300**0.5
    assert abs(mean[0] - constant / n) < 4 * error[0]
    assert abs(mean[1]) < 4 * error[1]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_gradient_is_that_of_the_value(form: Form, power: float, weighted: bool) -> None:
    first, second, weights = drawn(12)
    given = weights if weighted else None
    assert torch.autograd.gradcheck(
        lambda part: distance_correlation(part, second, given, power, form),
        first.requires_grad_(),
    )


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("power", [0.5, 1.0])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16])
def test_equal_scores_give_nothing_and_a_finite_gradient(
    form: Form, power: float, dtype: torch.dtype
) -> None:
    # 3.1 has no exact binary form: means of it are rounded
    scores = torch.full((50,), 3.1, dtype=dtype, requires_grad=True)
    value = distance_correlation(scores, torch.arange(50), power=power, form=form)
    value.backward()  # type: ignore[no-untyped-call]
    assert value.item() == 0
    assert scores.grad is not None
    assert torch.isfinite(scores.grad).all()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("weights", [[0.0] * 6, [1.0, 0, 0, 0, 0, 0], [1.0, 1.0, 0, 0, 0, 0]])
def test_hardly_any_weight_gives_finite_numbers(form: Form, weights: list[float]) -> None:
    scores = torch.randn(6, generator=torch.Generator().manual_seed(0), requires_grad=True)
    value = distance_correlation(scores, torch.arange(6), torch.tensor(weights), form=form)
    value.backward()  # type: ignore[no-untyped-call]
    assert torch.isfinite(value)
    assert scores.grad is not None
    assert torch.isfinite(scores.grad).all()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("n", [0, 1, 3])
def test_too_few_events_give_nothing(form: Form, n: int) -> None:
    scores = torch.arange(float(n), requires_grad=True)
    value = distance_correlation(scores, scores.detach(), form=form)
    value.backward()  # type: ignore[no-untyped-call]
    assert value.item() == 0


def test_a_score_that_is_not_finite_is_not_hidden() -> None:
    first, second, _ = drawn()
    first[3] = torch.nan
    assert torch.isnan(distance_correlation(first, second))
    assert torch.isnan(distance_correlation(first[3:5], second[3:5]))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("scale", "shift"), [(1e-9, 0.0), (1e9, 0.0), (-2.0, 3.0), (1.0, 100.0)])
def test_scale_shift_and_sign_change_nothing(form: Form, scale: float, shift: float) -> None:
    first, second, weights = drawn()
    plain = distance_correlation(first.float(), second.float(), weights, form=form)
    moved = distance_correlation(
        (scale * first + shift).float(), second.float(), weights, form=form
    )
    assert moved.item() == pytest.approx(plain.item(), abs=1e-4)
    other = distance_correlation(second.float(), first.float(), weights, form=form)
    assert other.item() == pytest.approx(plain.item(), abs=1e-6)


@pytest.mark.parametrize("form", FORMS)
def test_a_line_gives_one(form: Form) -> None:
    numbers = torch.arange(20.0)
    assert distance_correlation(numbers, 3.0 - 2.0 * numbers, form=form).item() == pytest.approx(
        1.0
    )


@pytest.mark.parametrize("form", FORMS)
def test_autocast_and_half_precision_are_computed_in_single(form: Form) -> None:
    first, second, _ = drawn()
    single = distance_correlation(first.bfloat16().float(), second.float(), form=form)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = distance_correlation(first.bfloat16(), second, form=form)
    assert found.dtype == torch.float32
    assert found.item() == single.item()
