"""Events of two and of four classes, as a network that is right more often than not gives them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from trainables.pictures import shown
from trainables.pictures.shown import Shown
from trainables.sculpting import Cut

N_EVENTS = 500


@pytest.fixture
def two() -> Shown:
    random = np.random.default_rng(0)
    labels = random.integers(0, 2, N_EVENTS).astype(float)
    logits = random.normal(size=N_EVENTS) + labels - 0.5
    weights = random.uniform(0.5, 2.0, N_EVENTS)
    events = shown.of_logits(logits, labels, weights, ("background", "signal"))
    cut = Cut(np.array([100.0, 120.0, 140.0]), np.array([3.0, 1.0]), np.array([4.0, 4.0]))
    return dataclasses.replace(events, variable="mass", sculpted=cut)


@pytest.fixture
def four() -> Shown:
    random = np.random.default_rng(1)
    labels = random.integers(0, 4, N_EVENTS).astype(float)
    logits = random.normal(size=(N_EVENTS, 4)) + np.eye(4)[labels.astype(int)]
    weights = random.uniform(0.5, 2.0, N_EVENTS)
    return shown.of_logits(logits, labels, weights, ("qcd", "top", "W", "H"))
