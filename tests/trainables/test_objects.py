from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from trainables import tabular
from trainables.contract import ConfigError
from trainables.rows import Table
from trainables.tabular import TabularData

LENGTHS = np.array([0, 1, 2, 3, 1] * 12)
JETS = {"features": ["pt", "btag"]}
MOMENTUM = {"pt": "pt", "eta": "eta", "phi": "phi", "energy": "energy"}


def lists(seed: int) -> list[Any]:
    random = np.random.default_rng(seed)
    return [random.exponential(50.0, length) for length in LENGTHS]


def frame() -> pd.DataFrame:
    names = ("pt", "eta", "phi", "energy", "btag")
    objects = {name: lists(number) for number, name in enumerate(names)}
    n = len(LENGTHS)
    return pd.DataFrame({"met": np.arange(n) * 1.0, **objects, "label": np.arange(n) % 2})


def load(tmp_path: Path, table: pd.DataFrame, jets: Any = JETS, **given: Any) -> Table:
    table.to_parquet(tmp_path / "events.parquet")
    data = {"path": str(tmp_path / "events.parquet"), "objects": {"jets": jets}, **given}
    return tabular.load(TabularData.model_validate(data))


def refused(tmp_path: Path, table: pd.DataFrame, jets: Any = JETS) -> str:
    with pytest.raises(ConfigError) as error:
        load(tmp_path, table, jets)
    return str(error.value)


def with_cells(cells: Any, *names: str) -> pd.DataFrame:
    return frame().assign(**{name: pd.Series(cells, dtype=object) for name in names})


def with_cell(name: str, row: int, cell: Any) -> pd.DataFrame:
    cells = frame()[name].tolist()
    cells[row] = cell
    return with_cells(cells, name)


def test_each_event_has_its_own_objects(tmp_path: Path) -> None:
    loaded = load(tmp_path, frame(), {**JETS, **MOMENTUM})
    assert loaded.names == ("met",)
    whole, seen = frame(), 0
    for part in (loaded.train, loaded.val, loaded.test):
        jets = part.objects["jets"]
        assert jets.momenta is not None
        for number, met in enumerate(part.features[:, 0]):
            row, length = int(met), LENGTHS[int(met)]
            assert jets.mask[number].tolist() == [slot < length for slot in range(3)]
            np.testing.assert_allclose(jets.values[number, :length, 0], whole["pt"][row])
            np.testing.assert_allclose(jets.values[number, :length, 1], whole["btag"][row])
            np.testing.assert_allclose(jets.momenta[number, :length, 3], whole["energy"][row])
            seen += 1
    assert seen == len(LENGTHS)
    (shape,) = loaded.shape.objects
    assert (shape.name, shape.slots, shape.n_features, shape.has_momenta) == ("jets", 3, 2, True)


def test_a_padded_hdf5_file_gives_the_same(tmp_path: Path) -> None:
    expected, whole = load(tmp_path, frame()), frame()
    path = tmp_path / "events.h5"
    with h5py.File(path, "w") as file:
        for name, column in whole.items():
            values: Any = column.to_numpy()
            if values.dtype == object:
                padded = np.full((len(values), 5), np.nan)
                for row, cells in enumerate(values):
                    padded[row, : len(cells)] = cells
                values = padded
            file[str(name)] = values
    data = {"path": str(path), "objects": {"jets": JETS}}
    read = tabular.load(TabularData.model_validate(data)).train.objects["jets"]
    np.testing.assert_array_equal(read.mask, expected.train.objects["jets"].mask)
    np.testing.assert_array_equal(read.values, expected.train.objects["jets"].values)


def test_fewer_slots_keep_the_first_objects_and_say_so(tmp_path: Path) -> None:
    whole = load(tmp_path, frame())
    cut = load(tmp_path, frame(), {**JETS, "slots": 2})
    jets = cut.val.objects["jets"]
    np.testing.assert_array_equal(jets.values, whole.val.objects["jets"].values[:, :2])
    # every fifth of the 60 events has three
    assert cut.notes == (
        "data.objects.jets.slots: 12 of 60 events have more than 2 jets, of which the first 2 "
        "are kept",
    )


def test_more_slots_than_objects_stay_empty(tmp_path: Path) -> None:
    assert not load(tmp_path, frame(), {**JETS, "slots": 7}).train.objects["jets"].mask[:, 3:].any()


def test_objects_are_scaled_by_those_that_are_there(tmp_path: Path) -> None:
    table = load(tmp_path, frame())
    jets = table.train.objects["jets"]
    scaled = table.scaling.objects("jets", jets)
    assert scaled[jets.mask].mean(axis=0) == pytest.approx([0.0, 0.0], abs=1e-12)
    assert scaled[jets.mask].std(axis=0) == pytest.approx([1.0, 1.0])
    assert not scaled[~jets.mask].any()


def test_events_may_consist_of_objects_alone(tmp_path: Path) -> None:
    table = load(tmp_path, frame(), features=[])
    assert table.train.features.shape == (36, 0)


@pytest.mark.parametrize(
    ("table", "jets", "message"),
    [
        (frame(), {"features": ["pt", "btags"]}, "data.objects.jets.features: no column 'btags'"),
        (frame(), {**JETS, **MOMENTUM, "phi": "fi"}, "data.objects.jets.phi: no column 'fi'"),
        (frame(), {"features": ["met"]}, "column 'met' holds no list in 60 rows, but 0.0 in row 0"),
        (with_cell("pt", 3, [1.0, 2.0]), JETS, "row 3 has 2 pt but 3 btag"),
        (with_cell("pt", 3, [1.0, np.nan, 2.0]), JETS, "not a finite number within the lists"),
        (with_cell("pt", 3, [1.0, np.inf, 2.0]), JETS, "the first of them row 3"),
        (with_cell("pt", 3, [1.0, 2.0, np.nan]), JETS, "row 3 has 2 pt but 3 btag"),
        (with_cell("pt", 3, None), JETS, "write [] for an event without any"),
        (with_cells([["a"]] * 60, "pt"), JETS, "lists of something else than numbers"),
        (with_cells([[]] * 60, "pt", "btag"), JETS, "no event has any jets"),
    ],
)
def test_what_is_no_list_of_objects_is_named(
    table: pd.DataFrame, jets: Any, message: str, tmp_path: Path
) -> None:
    assert message in refused(tmp_path, table, jets)


def test_a_fault_is_told_with_the_key_of_its_column_and_the_row_of_the_file(
    tmp_path: Path,
) -> None:
    # of 60 rows the 20 whose label is 2 are left out
    kinds = {"label": np.arange(60) % 3}
    jets = {**JETS, **MOMENTUM}

    def said(name: str, cell: Any) -> str:
        with pytest.raises(ConfigError) as error:
            load(tmp_path, with_cell(name, 33, cell).assign(**kinds), jets, classes=[0, 1])
        return str(error.value)

    infinite = said("energy", [1.0, np.inf, 2.0])
    assert infinite.startswith("data.objects.jets.energy: column 'energy' is not a finite number")
    assert "the first of them row 33" in infinite
    short = said("eta", [1.0])
    assert short.startswith("data.objects.jets.eta: 1 rows have lists of different lengths: row 33")
    assert said("phi", None).startswith("data.objects.jets.phi: column 'phi' holds no list")
    assert "in row 33;" in said("phi", None)


def test_objects_that_only_other_parts_have_are_refused(tmp_path: Path) -> None:
    held = load(tmp_path, frame()).test.features[0, 0]
    alone = [[1.0] if row == held else [] for row in range(60)]
    message = refused(tmp_path, with_cells(alone, "pt", "btag"))
    assert "no event of the training part has any jets" in message


def test_a_list_among_the_flat_features_is_told_where_it_belongs(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"it holds lists, which are named by data\.objects"):
        load(tmp_path, frame(), features=["met", "pt"])


@pytest.mark.parametrize(
    ("objects", "message"),
    [
        (
            {"jets": {"features": ["pt"], "pt": "pt", "eta": "eta"}},
            "column of phi, energy too",
        ),
        ({"jets": {"features": ["pt", "pt"]}}, "names a column twice"),
        ({"jets": {"features": []}}, "at least 1 item"),
        ({"jets": {"features": ["pt"], "slots": 0}}, "greater than or equal to 1"),
        ({"small.jets": {"features": ["pt"]}}, "should match pattern"),
    ],
)
def test_a_kind_that_cannot_be_is_refused(objects: Any, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        TabularData.model_validate({"objects": objects})


def test_the_shipped_events_are_what_their_attribution_says() -> None:
    # trainables/data/ATTRIBUTION.md: 3000 of each process, thresholds, at least two objects.
    kinds = {
        kind: {"features": [f"{kind}_pt", f"{kind}_eta"]} for kind in ("jet", "lepton", "photon")
    }
    data = {
        "path": "shipped:pythia_events",
        "classes": ["ttH", "ttbar", "Zjets", "WZ"],
        "objects": kinds,
    }
    table = tabular.load(TabularData.model_validate(data))
    assert table.names == ("met", "met_phi", "n_jet", "n_lepton", "n_photon")
    parts = (table.train, table.val, table.test)
    labels = np.concatenate([part.labels for part in parts])
    assert np.bincount(labels).tolist() == [3000] * 4
    for kind, least, farthest in (("jet", 20.0, 2.8), ("lepton", 15.0, 2.5), ("photon", 15.0, 2.5)):
        for part in parts:
            objects = part.objects[kind]
            assert objects.values[objects.mask][:, 0].min() >= least
            assert abs(objects.values[objects.mask][:, 1]).max() <= farthest
    for part in parts:
        for number, kind in enumerate(kinds, start=2):
            counts = part.objects[kind].mask.sum(axis=1)
            np.testing.assert_array_equal(part.features[:, number], counts)
        assert sum(part.objects[kind].mask.sum(axis=1) for kind in kinds).min() >= 2
