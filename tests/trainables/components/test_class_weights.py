from __future__ import annotations

import numpy as np
import pytest
from sklearn.utils.class_weight import compute_class_weight

from trainables.components.class_weights import balanced


def test_balanced_weights_are_those_of_scikit_learn() -> None:
    labels = [0] * 50 + [1] * 30 + [2] * 5
    expected = compute_class_weight("balanced", classes=np.arange(3), y=labels)
    assert balanced([50, 30, 5]) == pytest.approx(expected)


def test_equal_classes_weigh_one() -> None:
    assert balanced([7, 7]) == (1.0, 1.0)


def test_an_empty_class_cannot_be_balanced() -> None:
    with pytest.raises(ValueError, match=r"classes \[1\] have no training rows"):
        balanced([5, 0, 3])
