from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, roc_auc_score

from trainables import class_metrics


def drawn(n_classes: int) -> class_metrics.Classified:
    random = np.random.default_rng(5)
    labels = random.integers(0, n_classes, 500)
    logits = random.normal(size=(500, n_classes)) + 1.5 * np.eye(n_classes)[labels]
    return class_metrics.classified(logits, labels.astype(float), random.random(500))


@pytest.mark.parametrize("n_classes", [2, 3, 5])
def test_the_metrics_are_those_of_scikit_learn(n_classes: int) -> None:
    events = drawn(n_classes)
    weights, chosen = events.weights, events.probabilities.argmax(axis=1)
    found = class_metrics.summary(events)
    kwargs = {"sample_weight": weights}
    assert found["accuracy"] == pytest.approx(accuracy_score(events.labels, chosen, **kwargs))
    oracle = f1_score(events.labels, chosen, average="weighted", **kwargs)
    assert found["f1"] == pytest.approx(oracle)
    if n_classes > 2:
        oracle = roc_auc_score(
            events.labels, events.probabilities, multi_class="ovr", average="macro", **kwargs
        )
        assert found["auc"] == pytest.approx(oracle)
    table = confusion_matrix(events.labels, chosen, **kwargs)
    np.testing.assert_allclose(class_metrics.confusion(events), table)


def test_one_logit_is_that_of_the_second_class() -> None:
    logits, labels = np.array([-1.0, 0.5, 2.0]), np.array([0.0, 0.0, 1.0])
    one = class_metrics.classified(logits, labels, np.ones(3))
    expected = softmax(np.stack([np.zeros(3), logits], axis=1), axis=1)
    np.testing.assert_allclose(one.probabilities, expected)
    # By hand: the second event alone is on the wrong side of 0.
    assert class_metrics.hits(one)["accuracy"] == pytest.approx(2 / 3)


def test_a_class_that_nobody_guesses_has_no_f1() -> None:
    # By hand: class 0 has TP 2, FP 1; class 1 none of its own: 2 / 3 * 4 / 5.
    table = np.array([[2.0, 0.0], [1.0, 0.0]])
    assert class_metrics.f1(table) == pytest.approx(2 / 3 * 4 / 5)


def test_negative_weights_count_as_nothing() -> None:
    logits = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    labels, weights = np.array([0.0, 1.0, 1.0]), np.array([1.0, -9.0, 1.0])
    assert class_metrics.hits(class_metrics.classified(logits, labels, weights)) == {
        "accuracy": 1.0,
        "f1": 1.0,
    }


@pytest.mark.parametrize("weights", [[1.0, 1.0, 1.0, 0.0], [1.0, 1.0, 1.0, -2.0]])
def test_every_metric_is_nan_where_a_class_does_not_count(weights: list[float]) -> None:
    labels = np.array([0.0, 1.0, 1.0, 2.0])
    for n_events in (3, 4):
        events = class_metrics.classified(
            np.eye(3)[labels.astype(int)][:n_events],
            labels[:n_events],
            np.array(weights)[:n_events],
        )
        assert all(math.isnan(value) for value in class_metrics.summary(events).values())


def test_every_metric_is_nan_after_a_divergence() -> None:
    logits = np.array([[np.nan, 0.0, 1.0], [1.0, 0.0, np.inf]])
    events = class_metrics.classified(logits, np.array([0.0, 1.0]), np.ones(2))
    found = class_metrics.summary(events)
    assert set(found) == {"auc", "accuracy", "f1"}
    assert all(math.isnan(value) for value in found.values())
