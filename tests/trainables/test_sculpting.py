from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import rankdata

from trainables import metrics, sculpting
from trainables.rows import Rows, Table
from trainables.scaling import fit
from trainables.sculpting import Cut, View
from trainables.sculpting_config import Sculpting


def seen(bins: int = 10, efficiency: float = 0.5) -> View:
    return View(0, np.linspace(0.0, 1.0, bins + 1), efficiency)


def drawn(n: int = 3000) -> tuple[metrics.Scored, np.ndarray]:
    """Scores that know the variable, and weights of which some are negative."""
    random = np.random.default_rng(2)
    labels = (random.random(n) < 0.3).astype(float)
    variable = random.random(n)
    scores = random.normal(size=n) + labels + 2.0 * variable
    return metrics.scored(scores, labels, random.normal(1.0, 0.5, n)), variable


def test_the_divergence_is_that_of_scipy() -> None:
    events, variable = drawn()
    found = sculpting.summary(events, variable[:, None], seen())["jsd"]
    # the cut by hand: the median of the signal's weights
    signal = events.labels == 1
    order = np.argsort(-events.scores[signal])
    summed = np.cumsum(events.weights[signal][order])
    cut = events.scores[signal][order][np.searchsorted(summed, 0.5 * summed[-1])]
    shapes = [
        np.histogram(variable[side], 10, (0, 1), weights=events.weights[side])[0]
        for side in (~signal & (events.scores >= cut), ~signal & (events.scores < cut))
    ]
    assert found == pytest.approx(jensenshannon(*shapes, base=2) ** 2)
    assert sculpting.summary(events, variable[:, None], seen())["inverse_jsd"] == pytest.approx(
        1.0 / found
    )


def test_sides_that_share_no_bin_are_a_bit_apart() -> None:
    # by hand: two shapes without overlap are told apart by one look, which is one bit
    assert sculpting.jsd(Cut(np.arange(3.0), np.array([2.0, 0.0]), np.array([0.0, 5.0]))) == 1.0


@pytest.mark.parametrize("scale", [1.0, 3.0, 0.1])
def test_equal_shapes_are_not_apart(scale: float) -> None:
    shape = np.array([0.1, 0.7, 0.3])
    assert sculpting.jsd(Cut(np.arange(4.0), scale * shape, shape)) == pytest.approx(0.0, abs=1e-12)


def test_one_shape_drawn_twice_differs_by_chance() -> None:
    # to the second order in p - q the divergence is sum (p - q)^2 / (8 ln 2 p), whose mean over
    # draws of n and m events is (bins - 1) / (8 ln 2) (1 / n + 1 / m)
    random, shape, n, m = np.random.default_rng(0), np.array([0.1, 0.2, 0.3, 0.4]), 500, 2000
    draws = [
        sculpting.jsd(
            Cut(np.arange(5.0), *(random.multinomial(k, shape).astype(float) for k in (n, m)))
        )
        for _ in range(400)
    ]
    expected = 3 / (8 * math.log(2)) * (1 / n + 1 / m)
    assert abs(np.mean(draws) - expected) < 4 * np.std(draws) / 400**0.5


@pytest.mark.parametrize("empty", [np.zeros(2), np.ones(2)])
def test_a_side_without_events_is_the_worst(empty: np.ndarray) -> None:
    assert sculpting.jsd(Cut(np.arange(3.0), empty, np.zeros(2))) == 1.0
    # every event has the same score: all pass
    labels = np.array([1.0, 0.0, 0.0])
    events = metrics.scored(np.zeros(3), labels)
    assert sculpting.summary(events, np.ones((3, 1)), seen())["jsd"] == 1.0


def test_values_beyond_the_range_count_in_the_outer_bins() -> None:
    scores, labels = np.array([1.0, 2.0, 0.0, 2.0]), np.array([1.0, 0.0, 0.0, 0.0])
    cut = sculpting.cut(metrics.scored(scores, labels), np.array([0.5, -7.0, 9.0, 1.0]), seen(2))
    assert cut.passing.tolist() == [1.0, 1.0]
    assert cut.failing.tolist() == [0.0, 1.0]


def test_the_order_of_the_scores_alone_counts() -> None:
    events, variable = drawn()
    stretched = metrics.Scored(np.exp(events.scores), events.labels, events.weights)
    assert sculpting.summary(events, variable[:, None], seen()) == pytest.approx(
        sculpting.summary(stretched, variable[:, None], seen())
    )


def test_the_distance_correlation_is_that_of_dcor() -> None:
    import dcor

    events, variable = drawn()
    events = metrics.scored(events.scores, events.labels)
    background = events.labels == 0
    oracle = dcor.u_distance_correlation_sqr(
        rankdata(events.scores[background]), variable[background]
    )
    # of 2084 events 2000 are compared: 20 draws of so many spread by 0.003 under dcor
    assert background.sum() > 2000
    assert sculpting.dcor(events, variable) == pytest.approx(oracle, abs=0.012)
    few = metrics.scored(events.scores[:900], events.labels[:900])
    chosen = few.labels == 0
    oracle = dcor.u_distance_correlation_sqr(rankdata(few.scores[chosen]), variable[:900][chosen])
    assert sculpting.dcor(few, variable[:900]) == pytest.approx(oracle, abs=1e-5)


def test_every_number_is_nan_after_a_divergence() -> None:
    events, variable = drawn(100)
    events.scores[7] = np.nan
    found = sculpting.summary(events, variable[:, None], seen())
    assert all(math.isnan(value) for value in found.values())


@pytest.mark.parametrize(
    ("given", "low", "high"),
    [({}, -2.0, 3.0), ({"range": [0.0, 9.0]}, 0.0, 9.0)],
)
def test_bins_are_those_of_the_training_background(
    given: dict[str, Any], low: float, high: float
) -> None:
    spectators = np.array([[0.0, -2.0], [0.0, 3.0], [0.0, 100.0]])
    rows = Rows(np.ones((3, 1)), np.array([0, 0, 1]), None, spectators)
    table = Table(("x",), ("0", "1"), ("met", "mass"), rows, rows, rows, fit("standard", rows))
    made = sculpting.view(Sculpting.model_validate({"variable": "mass", "bins": 5, **given}), table)
    assert made.column == 1
    np.testing.assert_allclose(made.edges, np.linspace(low, high, 6))
