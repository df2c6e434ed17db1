from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score
from torchmetrics.functional.classification import binary_specificity_at_sensitivity

from trainables import metrics


def drawn(n: int = 2000, weighted: bool = False) -> metrics.Scored:
    random = np.random.default_rng(3)
    labels = (random.random(n) < 0.4).astype(float)
    scores = random.normal(labels, 1.0)
    return metrics.scored(scores, labels, random.random(n) if weighted else None)


def test_auc_is_the_share_of_rightly_ordered_pairs() -> None:
    # By hand: of 2 x 2 pairs, (0.9, 0.1), (0.9, 0.5) and (0.4, 0.1) are in order, (0.4, 0.5) not.
    events = metrics.scored(np.array([0.9, 0.4, 0.5, 0.1]), np.array([1.0, 1.0, 0.0, 0.0]))
    assert metrics.auc(events) == 0.75


def test_auc_with_weights_agrees_with_repeated_rows() -> None:
    scores, labels = np.array([3.0, 1.0, 2.0, 0.0]), np.array([1.0, 1.0, 0.0, 0.0])
    times = np.array([1, 3, 2, 1])
    oracle = roc_auc_score(np.repeat(labels, times), np.repeat(scores, times))
    assert metrics.auc(metrics.scored(scores, labels, times.astype(float))) == pytest.approx(oracle)


@pytest.mark.parametrize("efficiency", [0.3, 0.5, 0.7, 0.8])
def test_rejection_agrees_with_torchmetrics(efficiency: float) -> None:
    events = drawn()
    specificity, _ = binary_specificity_at_sensitivity(
        torch.from_numpy(events.scores).sigmoid(),
        torch.from_numpy(events.labels).long(),
        min_sensitivity=efficiency,
    )
    expected = 1.0 / (1.0 - specificity.item())
    assert metrics.rejection(events, efficiency) == pytest.approx(expected, rel=1e-5)


def test_rejection_without_passing_background_is_the_number_of_background_events() -> None:
    events = metrics.scored(np.array([2.0, 1.9, 0.1, 0.2, 0.3]), np.array([1.0, 1.0, 0, 0, 0]))
    assert metrics.rejection(events, 0.5) == pytest.approx(3.0)


def test_negative_weights_count_as_nothing() -> None:
    scores, labels = np.array([3.0, 1.0, 2.0, 9.0]), np.array([1.0, 1.0, 0.0, 0.0])
    clipped = metrics.scored(scores, labels, np.array([1.0, 1.0, 1.0, -5.0]))
    assert metrics.auc(clipped) == metrics.auc(metrics.scored(scores[:3], labels[:3]))


def test_asimov_against_a_number_of_the_paper_formula() -> None:
    # Cowan et al., arXiv:1007.1727, eq. 97 by hand for s = b = 10: sqrt(2 (20 ln 2 - 10)).
    expected = math.sqrt(2.0 * (20.0 * math.log(2.0) - 10.0))
    assert metrics.asimov(np.array([10.0]), np.array([10.0]))[0] == pytest.approx(expected)


def test_asimov_tends_to_s_over_root_b_for_much_background() -> None:
    # Cowan et al., eq. 98: s / sqrt(b) for s << b.
    assert metrics.asimov(np.array([10.0]), np.array([1e8]))[0] == pytest.approx(1e-3, rel=1e-6)


def test_asimov_with_uncertainty_tends_to_s_over_total_error() -> None:
    # For s << b the formula becomes s / sqrt(b + sigma^2): 10 / sqrt(1e6 + 1e8) with sigma 1e4.
    found = metrics.asimov(np.array([10.0]), np.array([1e6]), background_uncertainty=0.01)[0]
    assert found == pytest.approx(10.0 / math.sqrt(1e6 + 1e8), rel=1e-4)


def test_a_vanishing_uncertainty_changes_nothing() -> None:
    s, b = np.array([7.0]), np.array([3.0])
    assert metrics.asimov(s, b, 1e-4) == pytest.approx(metrics.asimov(s, b), rel=1e-5)


def test_asimov_without_background_is_zero() -> None:
    assert metrics.asimov(np.array([5.0]), np.array([0.0]))[0] == 0.0


def test_significance_of_a_hand_made_sample() -> None:
    # 4 signal events above 1 background event, 3 background events below: the best cut keeps s = 4
    # and b = 1, as more cuts only lose signal: sqrt(2 (5 ln 5 - 4)).
    scores = np.array([9.0, 8.0, 7.0, 6.0, 8.5, 1.0, 2.0, 3.0])
    events = metrics.scored(scores, np.array([1.0, 1, 1, 1, 0, 0, 0, 0]))
    expected = math.sqrt(2.0 * (5.0 * math.log(5.0) - 4.0))
    assert metrics.significance(events) == pytest.approx(expected)


def test_stretching_the_scores_changes_no_metric() -> None:
    events = drawn(weighted=True)
    stretched = metrics.Scored(np.exp(events.scores), events.labels, events.weights)
    assert metrics.summary(events) == pytest.approx(metrics.summary(stretched))


def test_every_metric_is_nan_after_a_divergence() -> None:
    events = metrics.scored(np.array([1.0, np.nan]), np.array([1.0, 0.0]))
    assert all(math.isnan(value) for value in metrics.summary(events).values())
