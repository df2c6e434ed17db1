from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from trainables.fake_factor import toys
from trainables.fake_factor.toys import TOYS


def drawn(name: str, n_events: int = 60_000, seed: int = 0) -> pd.DataFrame:
    return TOYS[f"generated:{name}"].draw(np.random.default_rng(seed), n_events)


@pytest.mark.parametrize("name", TOYS)
def test_tight_over_loose_fakes_is_the_true_factor(name: str) -> None:
    frame = drawn(name.removeprefix("generated:"))
    fakes = frame[frame["true_ff"].notna()]
    assert (fakes["is_data"] == 1).all()
    for _, part in fakes.groupby(pd.cut(fakes["true_ff"], 5), observed=True):
        tight, loose = part[part["tight"] == 1], part[part["tight"] == 0]
        expected = loose["true_ff"].sum()
        # a Poisson number of tight fakes, and the spread of F over the loose ones
        error = np.sqrt(expected + (loose["true_ff"] ** 2).sum())
        assert abs(len(tight) - expected) < 4.0 * error


@pytest.mark.parametrize("name", TOYS)
def test_the_mc_stands_for_the_prompts_of_the_data(name: str) -> None:
    frame = drawn(name.removeprefix("generated:"))
    mc, prompts = frame[frame["is_data"] == 0], frame[frame["is_data"] == 1]
    prompts = prompts[prompts["true_ff"].isna()]
    for tight in (0, 1):
        there, here = mc[mc["tight"] == tight], prompts[prompts["tight"] == tight]
        error = np.sqrt(len(here) + (there["weight"] ** 2).sum())
        assert abs(there["weight"].sum() - len(here)) < 4.0 * error
        assert there["pt"].mean() == pytest.approx(here["pt"].mean(), rel=0.05)


def test_the_same_seed_gives_the_same_events() -> None:
    assert drawn("four_features", 500).equals(drawn("four_features", 500))
    assert not drawn("four_features", 500).equals(drawn("four_features", 500, seed=1))


def test_the_factor_of_four_features_is_that_by_hand() -> None:
    # at pt 30, |eta| 1.2, one jet and met 25 every term but the first is 0: e^-1.6
    columns = {"pt": 30.0, "eta": -1.2, "n_jets": 1.0, "met": 25.0}
    at = {name: np.array([value]) for name, value in columns.items()}
    assert toys.four_features_truth(at)[0] == pytest.approx(0.2018965)
    # with two jets more: e^(-1.6 + 0.36)
    assert toys.four_features_truth({**at, "n_jets": np.array([3.0])})[0] == pytest.approx(
        0.2893842
    )


def test_the_factor_of_three_features_is_that_by_hand() -> None:
    # 0.15 + 0.25 e^-1 + 0.05 / 2 at pt 55 and |eta| 1.25
    at = {"pt": np.array([55.0]), "eta": np.array([-1.25])}
    assert toys.three_features_truth(at)[0] == pytest.approx(0.2669699)


def test_the_factors_of_four_features_have_the_known_quantiles() -> None:
    # 5, 50 and 95 % are 0.12, 0.24 and 0.51
    factors = drawn("four_features")["true_ff"].dropna()
    assert factors.quantile([0.05, 0.5, 0.95]).tolist() == pytest.approx([0.12, 0.24, 0.51], 0.03)
