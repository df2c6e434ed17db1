from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from trainables.contract import ConfigError
from trainables.fake_factor import event_table
from trainables.fake_factor.data_config import FakesData
from trainables.fake_factor.event_table import EventTable


def load(given: dict[str, Any], **changed: Any) -> EventTable:
    return event_table.load(FakesData.model_validate({**given, **changed}))


TOY = {"path": "generated:three_features", "n_events": 2000}


def test_every_other_numeric_column_is_a_feature(own: dict[str, Any]) -> None:
    assert load(own).names == ("x", "y", "lepton_pt", "lepton_eta")


def test_a_toy_brings_its_truth_but_does_not_show_it() -> None:
    table = load(TOY)
    assert table.names == ("pt", "eta", "met")
    assert table.train.true_ff is not None


@pytest.mark.parametrize("kind", [".csv", ".parquet", ".h5"])
def test_the_same_events_come_out_of_every_kind_of_file(
    kind: str, frame: pd.DataFrame, own: dict[str, Any], tmp_path: Path
) -> None:
    path = tmp_path / f"again{kind}"
    if kind == ".csv":
        frame.to_csv(path, index=False)
    elif kind == ".parquet":
        frame.to_parquet(path)
    else:
        with h5py.File(path, "w") as file:
            for name, column in frame.items():
                file[str(name)] = column.to_numpy()
    names = ["lepton_pt", "x"]
    expected, found = load(own, features=names), load(own, features=names, path=str(path))
    assert np.allclose(expected.train.features, found.train.features)
    assert np.array_equal(expected.train.is_tight, found.train.is_tight)
    assert np.array_equal(expected.val.is_data, found.val.is_data)


def test_each_group_is_cut_in_the_same_shares(own: dict[str, Any]) -> None:
    # by hand: 100 and 200 of data, 60 and 40 of MC, a quarter each for validation and test
    table = load(own)
    for part, share in ((table.train, 0.5), (table.val, 0.25), (table.test, 0.25)):
        for is_data, is_tight, n in (
            (True, True, 100),
            (True, False, 200),
            (False, True, 60),
            (False, False, 40),
        ):
            chosen = (part.is_data == is_data) & (part.is_tight == is_tight)
            assert chosen.sum() == share * n


def test_no_event_is_in_two_parts(own: dict[str, Any]) -> None:
    table = load(own)
    rows = np.concatenate([part.features for part in (table.train, table.val, table.test)])
    assert len(np.unique(rows, axis=0)) == 400


def test_scaling_is_that_of_the_training_events(own: dict[str, Any]) -> None:
    table = load(own)
    assert np.allclose(table.mean, table.train.features.mean(axis=0))
    assert np.allclose(table.deviation, table.train.features.std(axis=0))


def test_bins_hold_equally_many_loose_data(own: dict[str, Any]) -> None:
    table = load(own, closure_bins=5)
    loose = table.train.take(table.train.is_data & ~table.train.is_tight)
    bins = np.searchsorted(table.edges["pt"], loose.variables["pt"], side="right")
    assert np.bincount(bins).tolist() == [20] * 5


def test_eta_is_judged_by_its_absolute_value(own: dict[str, Any]) -> None:
    table = load(own)
    assert (table.edges["eta"] >= 0).all()
    assert set(table.edges) == {"pt", "eta"}


def test_a_slice_of_pt_is_half_open(frame: pd.DataFrame, own: dict[str, Any]) -> None:
    low, high = 30.0, float(frame["lepton_pt"].sort_values().iloc[350])
    table = load(own, pt_range=[low, high])
    pt = np.concatenate([part.variables["pt"] for part in (table.train, table.val, table.test)])
    expected = frame["lepton_pt"][(frame["lepton_pt"] >= low) & (frame["lepton_pt"] < high)]
    assert sorted(pt) == sorted(expected)


def test_the_crack_is_left_out(own: dict[str, Any]) -> None:
    whole, cut = load(own), load(own, crack_veto=True)
    for table, empty in ((whole, False), (cut, True)):
        eta = np.concatenate([p.variables["eta"] for p in (table.train, table.val, table.test)])
        assert (((eta >= 1.37) & (eta < 1.52)).sum() == 0) == empty


def test_data_alone_are_allowed_and_noted(own: dict[str, Any], frame: pd.DataFrame) -> None:
    frame[frame["measured"] == 1].to_parquet(own["path"])
    table = load(own, is_data=None, features=["x", "lepton_pt"])
    assert table.train.is_data.all()
    assert any("nothing is subtracted" in note for note in table.notes)


def test_negative_weights_are_noted(own: dict[str, Any], frame: pd.DataFrame) -> None:
    frame.loc[310:312, "w"] = -0.5
    frame.to_parquet(own["path"])
    assert any("is negative in 3 of 400 rows" in note for note in load(own).notes)


def test_a_toy_is_drawn_once_a_process() -> None:
    assert load(TOY) is load(TOY, batch_size=64)
    assert load(TOY) is not load(TOY, generator_seed=1)


def broken(frame: pd.DataFrame, change: str) -> None:
    changes = {
        "flag": lambda: frame.__setitem__("passes", frame["passes"].astype(int) * 2),
        "empty": lambda: frame.__setitem__("w", np.where(frame.index == 7, np.nan, frame["w"])),
        "text": lambda: frame.__setitem__("w", "heavy"),
        "too much MC": lambda: frame.__setitem__("w", np.where(frame["measured"] == 1, 1.0, 9.0)),
        "no loose data": lambda: frame.__setitem__(
            "passes", frame["passes"] | (frame["measured"] == 1)
        ),
        "no tight MC": lambda: frame.__setitem__(
            "passes", frame["passes"] & (frame["measured"] == 1)
        ),
        "truth": lambda: frame.__setitem__("f", 0.0),
        "no truth": lambda: frame.__setitem__("f", np.nan),
    }
    changes[change]()


@pytest.mark.parametrize(
    ("change", "section", "key", "message"),
    [
        ("flag", {}, "data.tight", "column 'passes' holds 2, and must hold 0 and 1"),
        ("empty", {}, "data.weight", "not finite in 1 rows"),
        ("text", {}, "data.weight", "column 'w' holds no numbers"),
        ("too much MC", {}, "data.weight", "leave no fakes"),
        ("no loose data", {}, "data.path", "there are no loose data in the training part"),
        ("no tight MC", {}, "data.is_data", "there is no tight MC in the training part"),
        ("truth", {"true_ff": "f"}, "data.true_ff", "must be positive"),
        ("no truth", {"true_ff": "f"}, "data.true_ff", "empty in all data of the training part"),
        (None, {"tight": "pases"}, "data.tight", "did you mean 'passes'"),
        (None, {"features": ["x", "w"]}, "data.features", "'w' is a flag, the weight"),
        (None, {"features": ["x", "x"]}, "data.features", "named twice"),
        (None, {"features": []}, "data.features", "no numeric column"),
        (None, {"val_fraction": 0.6, "test_fraction": 0.4}, "data.val_fraction", "nothing to"),
    ],
)
def test_what_cannot_be_trained_on_is_refused(
    change: str | None,
    section: dict[str, Any],
    key: str,
    message: str,
    own: dict[str, Any],
    frame: pd.DataFrame,
) -> None:
    if change is not None:
        broken(frame, change)
        frame.to_parquet(own["path"])
    with pytest.raises(ConfigError) as error:
        load(own, **section)
    assert error.value.key == key
    assert message in error.value.message


def test_an_unknown_toy_is_named() -> None:
    with pytest.raises(ConfigError, match="did you mean 'generated:four_features'"):
        load({"path": "generated:four_feature"})


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"path": "own.csv", "n_events": 500}, "n_events has no meaning for a file"),
        ({"path": "own.csv", "generator_seed": 5}, "generator_seed has no meaning for a file"),
        ({"weight": None}, "data.weight has no meaning for a toy"),
        ({"crack_veto": True, "eta": None}, "crack_veto needs eta"),
        ({"pt_range": [30.0, None], "pt": None}, "pt_range needs pt"),
        ({"pt_range": [30.0, 20.0]}, "low must be below high"),
        ({"pt": None, "eta": None, "met": None}, "closure needs a variable"),
    ],
)
def test_what_has_no_meaning_is_refused(section: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        FakesData.model_validate(section)
