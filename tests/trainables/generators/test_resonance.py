from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import kstest

from trainables.generators import resonance


def test_the_events_are_the_same_each_time() -> None:
    first = resonance.frame().copy()
    resonance.frame.cache_clear()
    assert first.equals(resonance.frame())


def test_signal_is_a_peak_and_background_falls() -> None:
    events = resonance.frame()
    signal = events.loc[events["label"] == 1, "mass"]
    assert kstest(signal, "norm", (125.0, 8.0)).pvalue > 1e-3
    # the dijet function with s = 13 TeV, b = 5, c = 6, d = 0, between 80 and 250 GeV
    density = lambda m: (1 - m / 13_000) ** 5 / (m / 13_000) ** 6  # noqa: E731
    background = events.loc[events["label"] == 0, "mass"]
    shares = [quad(density, 80, edge)[0] / quad(density, 80, 250)[0] for edge in (90, 110, 160)]
    found = [(background < edge).mean() for edge in (90, 110, 160)]
    np.testing.assert_allclose(found, shares, atol=4 * 0.5 / len(background) ** 0.5)


def test_the_mass_can_be_inferred_from_the_jets() -> None:
    events = resonance.frame()
    inferred = (events["pt1"] + events["pt2"]) * np.cosh(events["delta_eta"] / 2.0)
    ratio = inferred / events["mass"]
    # each momentum is smeared by 15 %, so that their sum is by 15 % / sqrt 2
    assert ratio.mean() == pytest.approx(1.0, abs=0.005)
    assert ratio.std() == pytest.approx(0.15 / 2**0.5, rel=0.03)


def test_one_weight_in_twenty_is_negative() -> None:
    weights = resonance.frame()["weight"]
    assert (weights < 0).mean() == pytest.approx(0.05, abs=0.004)
    # a lognormal distribution of width 0.3
    assert np.log(weights.abs()).std() == pytest.approx(0.3, rel=0.02)
