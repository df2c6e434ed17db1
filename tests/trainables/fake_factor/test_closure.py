from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from trainables.fake_factor import closure
from trainables.fake_factor.closure import Estimate
from trainables.fake_factor.events import Events

# Eight events in two bins of pt (below and above 10): tight data, tight MC, loose data, loose MC.
EVENTS = Events(
    features=np.zeros((10, 1)),
    is_tight=np.array([1, 1, 1, 1, 1, 0, 0, 0, 0, 0], dtype=bool),
    is_data=np.array([1, 1, 1, 1, 0, 1, 1, 1, 1, 0], dtype=bool),
    weights=np.array([1.0, 1.0, 1.0, 1.0, 0.5, 1.0, 1.0, 1.0, 1.0, 0.5]),
    variables={"pt": np.array([5.0, 6.0, 20.0, 30.0, 25.0, 5.0, 7.0, 12.0, 15.0, 18.0])},
    true_ff=np.array([0.5] * 4 + [np.nan] + [0.5, 0.5, 0.8, np.nan, np.nan]),
)
EDGES = {"pt": np.array([10.0])}
# F and fake weight of each event; only the loose data enter the prediction.
FACTOR = np.array([0.5, 0.5, 0.5, 0.5, 0.5, 0.8, 0.5, 1.0, 0.5, 0.5])
FAKE = np.array([0.9, 0.9, 0.9, 0.6, 0.0, 1.0, 0.8, 0.9, 0.5, 0.0])
ESTIMATE = Estimate(np.log(FACTOR), FAKE, 0.25)


def found(**changed: Any) -> dict[str, float]:
    return closure.summary(EVENTS, EDGES, replace(ESTIMATE, **changed), has_mc=True)


def test_closure_is_the_sum_by_hand() -> None:
    # bin 1: observed 2, error^2 2; loose 2, error^2 2, scale 1 -> 2 + 2; predicted .8 + .4 = 1.2
    # bin 2: observed 2 - .5 = 1.5, error^2 2.25; loose 1.5, error^2 2.25, scale 1; predicted 1.15
    first, second = (1.2 - 2.0) ** 2 / 4.0, (1.15 - 1.5) ** 2 / 4.5
    assert found()["closure_pt"] == pytest.approx((first + second) / 2.0)
    assert found()["closure"] == found()["closure_pt"]


def test_the_yields_are_the_sums_by_hand() -> None:
    values = found()
    assert values["yield_ratio"] == pytest.approx(3.5 / 2.35)
    assert values["yield_ratio_pt"] == pytest.approx(1.0 + (0.8 + 0.35) / 3.5)


def test_a_yield_of_the_wrong_sign_is_no_ratio() -> None:
    assert found(fake_weights=-FAKE)["yield_ratio"] == 1e30


def test_the_subtraction_is_compared_with_data_minus_mc() -> None:
    # tight: bin 1: 1.8 against 2, error^2 2; bin 2: .9 + .6 against 1.5
    assert found()["subtraction_tight"] == pytest.approx((0.2**2 / 2.0 + 0.0) / 2.0)
    # loose: bin 1: 1.8 against 2, error^2 2; bin 2: 1.4 against 1.5, error^2 2.25
    expected = (0.2**2 / 2.0 + 0.1**2 / 2.25) / 2.0
    assert found()["subtraction_loose"] == pytest.approx(expected)


def test_without_mc_nothing_is_subtracted() -> None:
    values = closure.summary(EVENTS, EDGES, ESTIMATE, has_mc=False)
    assert not [name for name in values if name.startswith("subtraction")]


def test_the_effective_share_is_that_by_hand() -> None:
    weights = np.array([0.8, 0.4, 0.9, 0.25])
    expected = weights.sum() ** 2 / (4.0 * (weights**2).sum())
    assert found()["ess"] == pytest.approx(expected)
    assert closure.effective_share(np.array([1.0, 1.0, 1.0])) == pytest.approx(1.0)
    assert closure.effective_share(np.array([5.0, 0.0, 0.0, 0.0])) == pytest.approx(0.25)
    assert closure.effective_share(np.zeros(3)) == 0.0


def test_errors_of_the_factor_count_data_of_known_truth() -> None:
    # by hand, over seven data: four exact, 0.8 / 0.5, exact, 1 / 0.8
    errors = sorted([0.0] * 5 + [0.6, 0.25])
    values = found()
    assert values["ff_error"] == pytest.approx(0.0, abs=1e-12)
    assert values["ff_error_95"] == pytest.approx(np.quantile(errors, 0.95))
    assert values["ff_logmae"] == pytest.approx(0.0, abs=1e-12)
    doubled = found(log_ff=np.log(2.0 * FACTOR))
    assert doubled["ff_error"] == pytest.approx(1.0)
    assert doubled["ff_logmae"] == pytest.approx(math.log(2.0))


def test_without_truth_there_is_no_error_of_the_factor() -> None:
    values = closure.summary(replace(EVENTS, true_ff=None), EDGES, ESTIMATE, has_mc=True)
    assert not [name for name in values if name.startswith("ff_")]


def test_log_factors_are_described_over_the_loose_data() -> None:
    logs = np.log([0.8, 0.5, 1.0, 0.5])
    assert found()["log_ff_spread"] == pytest.approx(logs.std())
    assert found()["log_ff_largest"] == pytest.approx(math.log(2.0))


def test_a_prediction_by_one_huge_weight_is_not_forgiven() -> None:
    # its own error would be as large as itself, and chi2 near 1
    factor = FACTOR.copy()
    factor[5] = 1e6
    assert found(log_ff=np.log(factor))["closure"] > 1e10


def test_an_exploded_factor_closes_badly_by_a_finite_number() -> None:
    exploded = found(log_ff=np.full(10, 5000.0), fake_weights=-1e30 * FAKE)["closure"]
    assert math.isfinite(np.float32(exploded))  # which is what Lightning keeps of it
    assert exploded >= 1e30


@pytest.mark.parametrize("value", [math.nan, math.inf])
@pytest.mark.parametrize("field", ["log_ff", "fake_weights"])
def test_a_network_that_diverged_gives_nan_everywhere(field: str, value: float) -> None:
    values = np.array(getattr(ESTIMATE, field))
    values[6] = value
    numbers = found(**{field: values})
    assert set(numbers) == set(found())
    assert all(math.isnan(number) for number in numbers.values())


def test_a_perfect_chain_has_a_chi2_of_one_a_bin() -> None:
    # fakes of F = 1/4 and prompts with their MC, drawn 300 times; the mean of chi2 is 1 by theory
    random, chi2 = np.random.default_rng(1), []
    for _ in range(300):
        n_loose, n_tight, n_prompt, n_mc = random.poisson([400.0, 100.0, 200.0, 200.0])
        is_tight = np.repeat([False, True, True, True], [n_loose, n_tight, n_prompt, n_mc])
        n = len(is_tight)
        events = Events(
            features=np.zeros((n, 1)),
            is_tight=is_tight,
            is_data=np.repeat([True, False], [n - n_mc, n_mc]),
            weights=np.ones(n),
            variables={"pt": random.random(n)},
            true_ff=None,
        )
        fake = (~is_tight).astype(float)
        estimate = Estimate(np.full(n, math.log(0.25)), fake, 0.0)
        edges = {"pt": np.array([0.25, 0.5, 0.75])}
        chi2.append(closure.summary(events, edges, estimate, has_mc=True)["closure"])
    # 4 bins: each chi2 / 4 has deviation sqrt(2 / 4), so the mean of 300 has 0.041
    assert np.mean(chi2) == pytest.approx(1.0, abs=4 * 0.041)
