from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import StepPatch
from scipy.special import expit, softmax
from sklearn.calibration import calibration_curve
from sklearn.metrics import accuracy_score, roc_auc_score

from trainables.pictures import calibration, confusion, paper, roc, scores, sculpting, shown
from trainables.pictures.shown import Shown


def axes_of(figure: Figure) -> Axes:
    (axes,) = figure.axes
    return axes


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in axes_of(figure).texts]


def of_scores(probabilities: list[float], labels: list[int], weights: list[float]) -> Shown:
    signal = np.array(probabilities)
    both = np.stack([1 - signal, signal], axis=1)
    return Shown(both, np.array(labels), np.array(weights), ("background", "signal"))


def test_probabilities_are_the_logistic_of_one_logit_and_the_softmax_of_several() -> None:
    logits = np.array([-3.0, 0.0, 2.0])
    ones, labels = np.ones(3), np.array([0.0, 1.0, 1.0])
    two = shown.of_logits(logits, labels, ones, ("a", "b"))
    assert two.probabilities[:, 1] == pytest.approx(expit(logits))
    matrix = np.array([[1.0, 2.0, 3.0]] * 3)
    three = shown.of_logits(matrix, labels, ones, ("a", "b", "c"))
    assert three.probabilities == pytest.approx(softmax(matrix, axis=1))


def test_a_network_that_diverged_and_one_class_alone_have_no_pictures(two: Shown) -> None:
    assert two.is_usable
    wrong = two.probabilities.copy()
    wrong[3] = np.nan
    assert not dataclasses.replace(two, probabilities=wrong).is_usable
    assert not dataclasses.replace(two, weights=two.weights * two.is_of(1)).is_usable


def test_the_curve_has_the_weighted_area_of_sklearn(two: Shown) -> None:
    area = roc_auc_score(two.labels, two.probabilities[:, 1], sample_weight=two.weights)
    figure = roc.draw(two)
    assert f"signal: area {area:.4f}" in texts(figure)
    x, y = axes_of(figure).lines[1].get_data()
    assert np.trapezoid(np.asarray(y), np.asarray(x)) == pytest.approx(area, abs=1e-3)


def test_of_several_classes_each_has_its_curve_against_the_rest(four: Shown) -> None:
    told = texts(roc.draw(four))
    for number, name in enumerate(four.names):
        area = roc_auc_score(
            four.labels == number, four.probabilities[:, number], sample_weight=four.weights
        )
        assert f"{name}: area {area:.4f}" in told


def test_a_long_curve_is_drawn_by_its_ends_and_points_between() -> None:
    x, y = paper.thinned(np.arange(12_345.0), -np.arange(12_345.0))
    assert len(x) == paper.MOST_POINTS
    assert (x[0], x[-1]) == (0, 12_344)
    assert (y == -x).all()


def test_the_density_of_each_class_has_the_area_one(two: Shown) -> None:
    for number in (0, 1):
        heights = scores.density(two, 1, two.is_of(number))
        assert heights.sum() / scores.N_BINS == pytest.approx(1)
    nobody = np.zeros(len(two.labels), dtype=bool)
    assert not scores.density(two, 1, nobody).any()


def test_densities_count_weights() -> None:
    # 3 of the 4 parts of the weight lie in the last of 40 bins: 0.75 / (1 / 40) = 30
    events = of_scores([0.99, 0.01], [1, 1], [3.0, 1.0])
    heights = scores.density(events, 1, events.is_of(1))
    assert (heights[-1], heights[0]) == pytest.approx((30.0, 10.0))


def test_the_best_threshold_parts_the_classes_where_they_can_be_parted() -> None:
    events = of_scores([0.1, 0.2, 0.3, 0.6, 0.7], [0, 0, 0, 1, 1], [1.0] * 5)
    assert confusion.best_threshold(events) == pytest.approx(0.6)
    shares, how = confusion.table(events)
    assert shares.tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert how == "P(signal) of at least 0.600"


def test_the_best_threshold_counts_weights() -> None:
    """At 0.6 one of the signals is lost, at 0.4 one background passes: the heavier one decides."""
    probabilities, labels = [0.1, 0.5, 0.4, 0.6], [0, 0, 1, 1]
    heavy_signal = of_scores(probabilities, labels, [9.0, 1.0, 9.0, 1.0])
    heavy_background = of_scores(probabilities, labels, [1.0, 9.0, 1.0, 9.0])
    assert confusion.best_threshold(heavy_signal) == pytest.approx(0.4)
    assert confusion.best_threshold(heavy_background) == pytest.approx(0.6)


def test_the_best_threshold_is_a_probability_where_no_cut_is_better_than_none() -> None:
    # each cut keeps more background than signal, up to the last one, which keeps all
    events = of_scores([0.9, 0.8, 0.2, 0.1], [0, 0, 1, 1], [1.0] * 4)
    assert confusion.best_threshold(events) == pytest.approx(0.1)


def test_of_several_classes_the_most_probable_is_taken(four: Shown) -> None:
    shares, how = confusion.table(four)
    assert how == "most probable class"
    assert shares.sum(axis=1) == pytest.approx(np.ones(4))
    weights = np.bincount(four.labels, weights=four.weights)
    right = accuracy_score(
        four.labels, four.probabilities.argmax(axis=1), sample_weight=four.weights
    )
    assert np.average(np.diag(shares), weights=weights) == pytest.approx(right)


def test_a_cell_says_which_share_of_the_true_class_it_holds(four: Shown) -> None:
    shares, _ = confusion.table(four)
    cells = axes_of(confusion.draw(four)).texts
    at = {text.get_position(): text.get_text() for text in cells}
    # the first class is the row on top, 7/8 of the way up, and the last column 7/8 to the right
    assert at[0.875, 0.875] == f"{shares[0, 3]:.3f}"


@pytest.mark.parametrize("number", range(4))
def test_calibration_is_that_of_sklearn_where_all_weights_are_equal(
    number: int, four: Shown
) -> None:
    equal = dataclasses.replace(four, weights=np.full(len(four.labels), 2.0))
    expected = calibration_curve(
        four.labels == number, four.probabilities[:, number], n_bins=calibration.N_BINS
    )
    found = calibration.curve(equal, number)
    for one, other in zip(found, expected, strict=True):
        assert one == pytest.approx(other)


def test_calibration_counts_weights() -> None:
    # both lie in the bin from 0.7 to 0.8: the share is 3/4, the mean (3 x 0.72 + 0.76) / 4 = 0.73
    events = of_scores([0.72, 0.76], [1, 0], [3.0, 1.0])
    shares, means = calibration.curve(events, 1)
    assert (shares.tolist(), means.tolist()) == ([0.75], pytest.approx([0.73]))


def test_sculpting_shows_the_shares_of_both_sides_of_the_cut(two: Shown) -> None:
    figure = sculpting.draw(two)
    assert figure is not None
    drawn = [patch for patch in axes_of(figure).patches if isinstance(patch, StepPatch)]
    # of (3, 1) and (4, 4) events in two bins
    assert [np.asarray(patch.get_data()[0]).tolist() for patch in drawn] == [
        [0.75, 0.25],
        [0.5, 0.5],
    ]
    assert {"mass", "100", "140", "passing", "failing"} <= set(texts(figure))
    assert sculpting.draw(dataclasses.replace(two, sculpted=None)) is None
