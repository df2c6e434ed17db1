from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from pydantic import TypeAdapter, ValidationError
from torch import Tensor

from trainables.fake_factor import losses
from trainables.fake_factor.loss_config import LOSSES, REGULARISED, Loss
from trainables.fake_factor.pulls import pull

BOUNDED = ("mse", "square", "tangent")


def loss_of(given: dict[str, Any]) -> Any:
    return TypeAdapter(Loss).validate_python(given)


PULLED = ([0.0, math.log(3.0), 5.0], [0.0, 0.0, 1.0], [1.0, 1.0, 7.0])


def pulled(**given: Any) -> float:
    log_ratio, labels, weights = map(torch.tensor, PULLED)
    return float(pull(loss_of({"name": "bce", **given}), log_ratio, labels, weights))


def test_the_pull_of_the_weights_is_the_mean_square_of_log_r() -> None:
    expected = 0.01 * (math.log(3.0) ** 2 + 25.0) / 3.0
    assert pulled(w_lambda=0.01) == pytest.approx(expected, rel=1e-6)


def test_the_pull_of_the_sample_size_counts_denominator_events() -> None:
    # by hand: r = 1, 3 of the two events of label 0: ESS = 16 / 10, N / ESS = 2 / 1.6
    assert pulled(ess_lambda=2.0) == pytest.approx(2.0 * 1.25, rel=1e-6)


def test_the_pull_of_the_sample_size_is_the_same_in_a_batch_of_any_size() -> None:
    log_ratio, labels, weights = (torch.tensor(part).repeat(50) for part in PULLED)
    config = loss_of({"name": "bce", "ess_lambda": 2.0})
    again = pull(config, log_ratio, labels, weights)
    assert float(again) == pytest.approx(pulled(ess_lambda=2.0), rel=1e-6)


def test_without_denominator_events_nothing_pulls() -> None:
    config = loss_of({"name": "bce", "ess_lambda": 2.0})
    ones = torch.ones(3)
    assert float(pull(config, ones, ones, ones)) == 0.0


@pytest.mark.parametrize("name", REGULARISED)
@pytest.mark.parametrize("key", ["w_lambda", "ess_lambda"])
def test_a_pull_changes_what_is_learned(name: str, key: str) -> None:
    outputs = torch.tensor([0.5, -0.3, 0.8, 0.1], requires_grad=True)
    loss = losses.build(loss_of({"name": name}))
    labels = torch.tensor([1.0, 0.0, 0.0, 1.0])
    total = pull(loss_of({"name": name, key: 0.1}), loss.log_ratio(outputs), labels, torch.ones(4))
    assert isinstance(total, Tensor)
    total.backward()  # type: ignore[no-untyped-call]
    assert outputs.grad is not None
    assert outputs.grad.abs().max() > 1e-4


@pytest.mark.parametrize("name", BOUNDED)
@pytest.mark.parametrize("key", ["w_lambda", "ess_lambda"])
def test_a_pull_is_refused_where_the_ratio_may_be_negative(name: str, key: str) -> None:
    with pytest.raises(ValidationError, match=f"{key} has no meaning for {name}"):
        loss_of({"name": name, key: 0.1})


def test_the_losses_without_a_pull_are_the_bounded_ones() -> None:
    assert set(LOSSES) - set(REGULARISED) == set(BOUNDED)
