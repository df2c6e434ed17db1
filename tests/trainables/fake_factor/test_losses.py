from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from pydantic import TypeAdapter
from torch import Tensor, nn

from trainables.fake_factor import losses
from trainables.fake_factor.loss_config import LOSSES, Loss
from trainables.fake_factor.ratio_net import RatioNet
from trainables.fake_factor.stages import stage
from trainables.fakes import Config

VARIANTS: list[dict[str, Any]] = [
    *({"name": name} for name in LOSSES),
    {"name": "lsif", "output": "exp"},
    {"name": "kliep", "output": "exp"},
    {"name": "bregman", "output": "exp", "power": 1.5},
]
BOUNDED = ("mse", "square", "tangent")


def loss_of(given: dict[str, Any]) -> Any:
    return TypeAdapter(Loss).validate_python(given)


def build(**given: Any) -> losses.RatioLoss:
    return losses.build(loss_of(given))


def named(given: dict[str, Any]) -> str:
    return " ".join(map(str, given.values()))


def minimum(loss: losses.RatioLoss, p1: float, p0: float) -> float:
    """The link at the output at which the expected loss is least, found by trying outputs."""
    outputs = torch.linspace(-6.0, 6.0, 240_001, dtype=torch.float64)
    expected = p1 * loss.one(outputs) + p0 * loss.zero(outputs)
    return float(loss.log_ratio(outputs[expected.argmin()]))


def test_every_loss_of_the_table_can_be_named_and_built() -> None:
    # ONE is written by hand, from the papers
    assert set(losses._TABLE) == set(LOSSES) == set(ONE)


@pytest.mark.parametrize("given", VARIANTS, ids=named)
@pytest.mark.parametrize(("p1", "p0"), [(1.0, 1.0), (0.3, 1.2), (2.0, 0.5), (0.02, 0.08)])
def test_the_minimum_lies_at_the_ratio_of_the_densities(
    given: dict[str, Any], p1: float, p0: float
) -> None:
    assert minimum(build(**given), p1, p0) == pytest.approx(math.log(p1 / p0), abs=2e-4)


def sigmoid(f: float) -> float:
    return 1.0 / (1.0 + math.exp(-f))


ONE: dict[str, tuple[Callable[[float], float], Callable[[float], float]]] = {
    # d l1 / df and d l0 / df by hand, from the formulas of Menon & Ong (ICML 2016) and Sugiyama.
    "bce": (lambda f: -sigmoid(-f), lambda f: sigmoid(f)),
    "logistic": (lambda f: -sigmoid(-f), lambda f: sigmoid(f)),
    "exp": (lambda f: -math.exp(-f), lambda f: math.exp(f)),
    "savage": (
        lambda f: -2.0 * sigmoid(-f) ** 2 * sigmoid(f),
        lambda f: 2.0 * sigmoid(f) ** 2 * sigmoid(-f),
    ),
    "gaussian_nll": (
        lambda f: 0.5 * (sigmoid(-f) - sigmoid(f)) - 0.5 * math.exp(-f),
        lambda f: 0.5 * (sigmoid(-f) - sigmoid(f)) + 0.5 * math.exp(f),
    ),
    "mse": (lambda f: -2.0 * (1.0 - f), lambda f: 2.0 * f),
    "square": (lambda f: -2.0 * (1.0 - f), lambda f: 2.0 * (1.0 + f)),
    "tangent": (
        lambda f: 4.0 * (2.0 * math.atan(f) - 1.0) / (1.0 + f * f),
        lambda f: 4.0 * (2.0 * math.atan(f) + 1.0) / (1.0 + f * f),
    ),
    # v = log(1 + e^f), dv/df = sigmoid(f)
    "lsif": (
        lambda f: -sigmoid(f),
        lambda f: math.log1p(math.exp(f)) * sigmoid(f),
    ),
    "kliep": (lambda f: -sigmoid(f) / math.log1p(math.exp(f)), lambda f: sigmoid(f)),
    # power 1/2: -(3/2) v^(-1/2) dv and (3/2) v^(1/2) dv
    "bregman": (
        lambda f: -1.5 * math.log1p(math.exp(f)) ** -0.5 * sigmoid(f),
        lambda f: 1.5 * math.log1p(math.exp(f)) ** 0.5 * sigmoid(f),
    ),
}


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("at", [-2.3, -0.4, 0.0, 0.7, 3.1])
def test_gradients_are_those_of_the_closed_forms(name: str, at: float) -> None:
    loss = build(name=name)
    for function, slope in zip((loss.one, loss.zero), ONE[name], strict=True):
        output = torch.tensor(at, dtype=torch.float64, requires_grad=True)
        function(output).backward()  # type: ignore[no-untyped-call]
        assert output.grad is not None
        assert output.grad.item() == pytest.approx(slope(at), rel=1e-9, abs=1e-12)


def test_the_gaussian_likelihood_is_that_of_torch() -> None:
    outputs = torch.linspace(-3.0, 3.0, 13, dtype=torch.float64)
    probability = outputs.sigmoid()
    oracle = nn.GaussianNLLLoss(reduction="none", eps=0.0)
    loss = build(name="gaussian_nll")
    for label, function in ((1.0, loss.one), (0.0, loss.zero)):
        target = torch.full_like(outputs, label)
        expected = oracle(probability, target, probability * (1.0 - probability))
        assert torch.allclose(function(outputs), expected)


def test_cross_entropy_is_that_of_torch_however_large_the_output() -> None:
    outputs = torch.tensor([-200.0, -3.0, 0.0, 5.0, 300.0])
    loss = build(name="bce")
    for label, function in ((1.0, loss.one), (0.0, loss.zero)):
        expected = nn.functional.binary_cross_entropy_with_logits(
            outputs, torch.full_like(outputs, label), reduction="none"
        )
        assert torch.allclose(function(outputs), expected)


@pytest.mark.parametrize("given", VARIANTS, ids=named)
def test_no_output_makes_a_loss_or_its_gradient_overflow(given: dict[str, Any]) -> None:
    outputs = torch.tensor([-500.0, -90.0, 90.0, 500.0], requires_grad=True)
    loss = build(**given)
    total = loss.one(outputs).sum() + loss.zero(outputs).sum()
    total.backward()  # type: ignore[no-untyped-call]
    assert torch.isfinite(total)
    assert outputs.grad is not None
    assert torch.isfinite(outputs.grad).all()
    assert torch.isfinite(loss.log_ratio(outputs)).all()


@pytest.mark.parametrize("output", ["softplus", "exp"])
def test_a_power_of_one_is_lsif(output: str) -> None:
    # by hand: (1 + 1/1)(1 - v) = 2 - 2v and v^2, which is twice -v and v^2 / 2, and a constant
    outputs = torch.linspace(-3.0, 3.0, 7, dtype=torch.float64)
    power, lsif = build(name="bregman", power=1.0, output=output), build(name="lsif", output=output)
    assert torch.allclose(power.one(outputs), 2.0 + 2.0 * lsif.one(outputs))
    assert torch.allclose(power.zero(outputs), 2.0 * lsif.zero(outputs))


def test_the_log_of_a_tiny_ratio_keeps_its_digits() -> None:
    # log(log(1 + e^f)) is f - e^f / 2 + ... for large negative f
    outputs = torch.tensor([-10.0, -14.9, -15.1, -40.0], dtype=torch.float64)
    expected = [f - math.exp(f) / 2.0 for f in outputs.tolist()]
    assert build(name="kliep").log_ratio(outputs).tolist() == pytest.approx(expected, abs=1e-6)


FITTED = [given for given in VARIANTS if given["name"] != "logistic"]


@pytest.mark.parametrize("given", FITTED, ids=named)
def test_a_fit_recovers_the_ratio_of_two_gaussians(given: dict[str, Any]) -> None:
    # N(1/2, 1) over N(-1/2, 1) has log r = x by hand; events on a grid, weighted by the densities
    x = torch.linspace(-3.0, 3.0, 241)
    features = torch.cat([x, x]).unsqueeze(1)
    labels = torch.repeat_interleave(torch.tensor([1.0, 0.0]), len(x))
    weights = torch.cat([torch.exp(-0.5 * (x - at) ** 2) for at in (0.5, -0.5)])
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(1, 16), nn.Tanh(), nn.Linear(16, 1), nn.Flatten(0))
    optimizer = torch.optim.LBFGS(net.parameters(), max_iter=60, line_search_fn="strong_wolfe")
    loss = build(**given)

    def step() -> Tensor:
        optimizer.zero_grad()
        value = losses.weighted_mean(loss, net(features), labels, weights)
        value.backward()  # type: ignore[no-untyped-call]
        return value

    optimizer.step(step)  # type: ignore[no-untyped-call]
    at = torch.linspace(-1.5, 1.5, 31).unsqueeze(1)
    away = loss.log_ratio(net(at)) - at[:, 0]
    assert away.abs().median().item() < 0.03


def test_the_weighted_mean_is_that_by_hand() -> None:
    # square: (1 - 0.5)^2 * 2 for label 1 and (1 - 0.5)^2 * -1 for label 0 at f = 0.5 and -0.5
    outputs, labels = torch.tensor([0.5, -0.5]), torch.tensor([1.0, 0.0])
    value = losses.weighted_mean(build(name="square"), outputs, labels, torch.tensor([2.0, -1.0]))
    assert value.item() == pytest.approx((0.5 - 0.25) / 2.0)


def test_each_output_of_an_ensemble_has_its_own_weights() -> None:
    outputs = torch.tensor([[0.5, 0.2], [-0.5, 0.1]])
    weights = torch.tensor([[1.0, 0.0], [0.0, 3.0]])
    value = losses.weighted_mean(build(name="square"), outputs, torch.tensor([1.0, 0.0]), weights)
    # by hand: (1 - 0.5)^2 * 1 and (1 + 0.1)^2 * 3, over four numbers
    assert value.item() == pytest.approx((0.25 + 3.63) / 4.0)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize(("p1", "p0"), [(0.3, 1.2), (2.0, 0.5)])
def test_balancing_finds_the_same_ratio(name: str, p1: float, p0: float) -> None:
    # 30 events of each class at one place: the loss is least where r is the ratio of the weights
    config = Config.model_validate({"loss": {"name": name, "balanced": True}})
    torch.manual_seed(0)
    net = RatioNet(stage(config, "ratio"), 1).double()
    labels = torch.repeat_interleave(torch.tensor([1.0, 0.0]), 30).double()
    weights = torch.where(labels > 0.5, p1, p0).double()
    balanced = weights * net.balance(labels, weights)
    assert balanced[:30].sum().item() == pytest.approx(balanced[30:].sum().item())
    # by hand: what is learned is 1, and the sums that were taken out are the ratio
    outputs = torch.linspace(-3.0, 3.0, 60_001, dtype=torch.float64)
    loss = net.ratio_loss
    expected = balanced[0] * loss.one(outputs) + balanced[30] * loss.zero(outputs)
    learned = loss.log_ratio(outputs[expected.argmin()]).item()
    assert learned + net.log_odds.item() == pytest.approx(math.log(p1 / p0), abs=1e-3)


def test_the_odds_are_part_of_what_a_balanced_network_says() -> None:
    config = Config.model_validate({"loss": {"balanced": True}})
    net = RatioNet(stage(config, "ratio"), 1)
    features = torch.zeros(2, 1)
    before = net.log_ratio(features)
    net.balance(torch.tensor([1.0, 0.0]), torch.tensor([3.0, -1.0]))
    assert (net.log_ratio(features) - before).tolist() == pytest.approx([math.log(3.0)] * 2)


def test_without_balancing_nothing_is_scaled() -> None:
    net = RatioNet(stage(Config(), "ratio"), 1)
    labels, weights = torch.tensor([1.0, 0.0]), torch.tensor([3.0, 1.0])
    assert net.balance(labels, weights).tolist() == [1.0, 1.0]
    assert net.log_odds.item() == 0.0


SIGNED: dict[str, Callable[[losses.RatioLoss, Tensor], Tensor]] = {
    # As found elsewhere: both classes push the output down, or f = 2p - 1 is taken for p.
    "lsif": lambda loss, f: loss.one(f),
    "kliep": lambda loss, f: loss.one(f),
}


@pytest.mark.parametrize("name", SIGNED)
def test_an_event_of_the_numerator_pushes_the_ratio_up(name: str) -> None:
    output = torch.tensor(0.3, requires_grad=True)
    SIGNED[name](build(name=name), output).backward()  # type: ignore[no-untyped-call]
    assert output.grad is not None
    assert output.grad.item() < 0.0
