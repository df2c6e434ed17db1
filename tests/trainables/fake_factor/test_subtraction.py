from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from trainables.fake_factor.config import Subtraction
from trainables.fake_factor.subtraction import fake_weights, of_mean_size_one

RATIOS = torch.tensor([2.0, 4.0, 1.0, 0.5], dtype=torch.float64)
IS_TIGHT = torch.tensor([True, True, False, False])


def weights(ratios: torch.Tensor = RATIOS, **given: Any) -> list[float]:
    section = Subtraction.model_validate(given)
    found: list[float] = fake_weights(ratios.log(), IS_TIGHT, section).tolist()
    return found


def test_a_data_event_counts_one_minus_the_inverse_ratio() -> None:
    assert weights() == pytest.approx([0.5, 0.75, 0.0, -1.0])


def test_an_mc_event_counts_the_ratio_minus_one() -> None:
    assert weights(use="mc") == pytest.approx([1.0, 3.0, 0.0, -0.5])


def test_negative_weights_can_be_raised_to_nothing() -> None:
    assert weights(clip_negative=True) == pytest.approx([0.5, 0.75, 0.0, 0.0])


def test_sizes_are_bounded_region_by_region() -> None:
    # by hand: the 75 % quantile of (0.5, 0.75) is 0.6875, that of (0, 1) is 0.75
    assert weights(clip_quantile=0.75) == pytest.approx([0.5, 0.6875, 0.0, -0.75])


def test_no_ratio_makes_an_infinite_weight() -> None:
    ratios = torch.tensor([-1e4, 1e4, -700.0, 700.0]).double()
    for use in ("data", "mc"):
        found = fake_weights(ratios, IS_TIGHT, Subtraction.model_validate({"use": use}))
        assert torch.isfinite(found.float()).all()


def test_nan_stays_nan() -> None:
    assert math.isnan(weights(torch.tensor([math.nan, 2.0, 2.0, 2.0]))[0])


def test_factors_make_the_mean_size_one() -> None:
    factors, own = torch.tensor([0.5, -1.0]), torch.tensor([2.0, 1.0])
    # by hand: sizes 1 and 1, so nothing changes; with doubled weights they halve
    assert of_mean_size_one(factors, own).tolist() == pytest.approx([0.5, -1.0])
    assert of_mean_size_one(factors, 2.0 * own).tolist() == pytest.approx([0.25, -0.5])
