from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

import numpy as np
import pytest
import torch
from scipy.stats import norm, yeojohnson
from sklearn.preprocessing import (
    MaxAbsScaler,
    MinMaxScaler,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)

from trainables import scaling, signal
from trainables.rows import Objects, Rows
from trainables.scaler_names import ScalerName
from trainables.scalers import SCALERS
from trainables.signal import Config
from trainables.stored_scaling import StoredScaling

NAMES = get_args(ScalerName)
ORACLES: dict[str, Callable[[], Any]] = {
    "standard": StandardScaler,
    "minmax": MinMaxScaler,
    "maxabs": MaxAbsScaler,
    "robust": RobustScaler,
    "quantile": lambda: QuantileTransformer(n_quantiles=300, output_distribution="normal"),
    "power": PowerTransformer,
}


def rows(seed: int, n: int = 300, constant: float | None = None) -> Rows:
    random = np.random.default_rng(seed)
    features = np.stack([random.exponential(50.0, n), random.normal(-3.0, 2.0, n)], axis=1)
    if constant is not None:
        features[:, 1] = constant
    values = random.exponential(20.0, (n, 4, 3))
    mask = np.arange(4) < random.integers(0, 5, n)[:, None]
    objects = {"jets": Objects(np.where(mask[:, :, None], values, 0.0), mask)}
    return Rows(features, np.arange(n) % 2, None, np.zeros((n, 0)), objects)


def test_every_name_has_its_scaler() -> None:
    assert set(SCALERS) == set(NAMES)


@pytest.mark.parametrize("name", ORACLES)
def test_it_is_the_transformer_of_scikit_learn(name: ScalerName) -> None:
    train, other = rows(0), rows(1)
    fitted = scaling.fit(name, train)
    oracle = ORACLES[name]().fit(train.features)
    np.testing.assert_allclose(fitted.flat(other), oracle.transform(other.features), atol=1e-9)
    jets, those = train.objects["jets"], other.objects["jets"]
    n_quantiles = {"n_quantiles": int(jets.mask.sum())} if name == "quantile" else {}
    oracle = ORACLES[name]().set_params(**n_quantiles).fit(jets.values[jets.mask])
    expected = oracle.transform(those.values[those.mask])
    np.testing.assert_allclose(fitted.objects("jets", those)[those.mask], expected, atol=1e-9)


def test_the_logit_is_that_of_the_place_between_least_and_largest() -> None:
    # By hand: 0, 1 and 4 of 0..4 are 0, 1/4 and 1, kept a thousandth away from the ends.
    values = np.array([[0.0], [1.0], [4.0], [9.0]])
    train = Rows(values[:3], np.zeros(3, dtype=int), None, np.zeros((3, 0)))
    whole = Rows(values, np.zeros(4, dtype=int), None, np.zeros((4, 0)))
    expected = [-np.log(999.0), -np.log(3.0), np.log(999.0), np.log(999.0)]
    np.testing.assert_allclose(scaling.fit("logit", train).flat(whole)[:, 0], expected)


def test_no_scaling_leaves_the_numbers_alone() -> None:
    np.testing.assert_array_equal(scaling.fit("none", rows(0)).flat(rows(1)), rows(1).features)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("constant", [0.0, 0.1, 7.0])
def test_a_constant_stays_finite(name: ScalerName, constant: float) -> None:
    fitted = scaling.fit(name, rows(0, constant=constant))
    assert np.isfinite(fitted.flat(rows(1))).all()


@pytest.mark.parametrize("name", NAMES)
def test_empty_slots_are_zero_and_events_may_be_without_flat_features(name: ScalerName) -> None:
    train = rows(0)
    bare = Rows(train.features[:, :0], train.labels, None, train.spectators, train.objects)
    fitted = scaling.fit(name, bare)
    assert fitted.flat(bare).shape == (300, 0)
    jets = bare.objects["jets"]
    assert not fitted.objects("jets", jets)[~jets.mask].any()


@pytest.mark.parametrize("name", NAMES)
def test_a_stored_scaling_is_the_one_that_was_saved(name: ScalerName) -> None:
    saved = StoredScaling(scaling.fit(name, rows(0)))
    other = StoredScaling(scaling.fit(name, rows(2)))
    other.load_state_dict(saved.state_dict(), strict=False)
    mine = [other.stored().flat(rows(1)), other.stored().objects("jets", rows(1).objects["jets"])]
    theirs = [saved.stored().flat(rows(1)), saved.stored().objects("jets", rows(1).objects["jets"])]
    for left, right in zip(mine, theirs, strict=True):
        np.testing.assert_array_equal(left, right)


@pytest.mark.parametrize("name", ["quantile", "power", "logit"])
def test_a_checkpoint_carries_its_scaling(name: str, small: Any, new_trial: Any) -> None:
    config, trial = small(data={"scaler": name}), new_trial()
    signal.fit(config, trial)
    path = trial.checkpoints[3]
    reported = {key: value for key, value in trial.reports[2][1].items() if "val" in key}
    assert signal.evaluate(config, path, "val") == pytest.approx(reported, abs=1e-6)
    checkpoint = torch.load(path, weights_only=True)
    for key, values in checkpoint["state_dict"].items():
        if key.startswith("scaling."):
            checkpoint["state_dict"][key] = values * 0.5 + 0.1
    torch.save(checkpoint, path)
    assert signal.evaluate(config, path, "val")["val_loss"] != pytest.approx(reported["val_loss"])


def test_every_scaler_is_a_choice_of_the_config() -> None:
    for name in NAMES:
        assert Config.model_validate({"data": {"scaler": name}}).data.scaler == name


def test_the_oracles_of_a_normal_quantile_and_of_the_power_are_what_they_say() -> None:
    # scipy's own: the median of the training part becomes 0, a power of 1 changes nothing.
    train = rows(0)
    middle = np.median(train.features, axis=0)
    whole = np.tile(middle, (2, 1))
    at = scaling.fit("quantile", train).flat(
        Rows(whole, np.zeros(2, dtype=int), None, np.zeros((2, 0)))
    )
    np.testing.assert_allclose(at, norm.ppf(0.5), atol=1e-6)
    state = SCALERS["power"].fit(train.features, None)
    raw = yeojohnson(train.features[:, 0], lmbda=state["lambdas_"][0])
    expected = (raw - raw.mean()) / raw.std()
    np.testing.assert_allclose(scaling.fit("power", train).flat(train)[:, 0], expected)
