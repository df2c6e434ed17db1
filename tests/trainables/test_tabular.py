from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from sklearn.preprocessing import StandardScaler

from trainables import tabular
from trainables.contract import ConfigError
from trainables.generators import resonance
from trainables.rows import Table
from trainables.tabular import TabularData


def frame(n: int = 200) -> pd.DataFrame:
    random = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "pt": random.exponential(50.0, n),
            "eta": random.normal(0.0, 1.0, n),
            "kind": ["data"] * n,
            "yield": random.normal(1.0, 1.0, n),
            "label": (np.arange(n) % 4 == 0).astype(int),
        }
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    frame().to_csv(tmp_path / "events.csv", index=False)
    return tmp_path / "events.csv"


def load(path: Path, **given: Any) -> Table:
    return tabular.load(TabularData.model_validate({"path": str(path), **given}))


def refused(path: Path, **given: Any) -> str:
    with pytest.raises(ConfigError) as error:
        load(path, **given)
    return str(error.value)


def test_the_shipped_table_is_what_its_source_says() -> None:
    # Bock (2004), doi:10.24432/C52C8B: 19020 events, 12332 of them gammas, 10 features.
    table = tabular.load(TabularData())
    parts = (table.train, table.val, table.test)
    assert len(table.names) == 10
    assert sum(len(part.labels) for part in parts) == 19020
    assert sum(part.labels.sum() for part in parts) == 12332


@pytest.mark.parametrize("suffix", ["csv", "parquet", "h5", "hdf5"])
def test_every_kind_of_file_gives_the_same_table(suffix: str, path: Path) -> None:
    other, whole = path.with_name(f"other.{suffix}"), frame()
    if suffix == "csv":
        whole.to_csv(other, index=False)
    elif suffix == "parquet":
        whole.to_parquet(other)
    else:
        with h5py.File(other, "w") as file:
            for name, column in whole.items():
                file[str(name)] = column.astype("S").to_numpy() if name == "kind" else column
    names = ["pt", "eta", "yield"]
    read, expected = load(other, features=names), load(path, features=names)
    np.testing.assert_allclose(read.train.features, expected.train.features)
    assert set(load(other).names) == set(names)


def test_a_compound_data_set_inside_a_file_is_read(path: Path) -> None:
    other = path.with_name("nested.h5")
    with h5py.File(other, "w") as file:
        file["tree/events"] = frame().drop(columns="kind").to_records(index=False)
    assert load(other, table="tree/events").names == ("pt", "eta", "yield")
    assert "did you mean 'tree/events'" in refused(other, table="tree/event")


def test_features_are_the_numeric_columns_without_label_and_weight(path: Path) -> None:
    assert load(path, weight="yield").names == ("pt", "eta")


def test_each_class_is_cut_in_the_same_shares(path: Path) -> None:
    table = load(path)
    assert [len(part.labels) for part in (table.train, table.val, table.test)] == [120, 40, 40]
    assert [part.labels.mean() for part in (table.train, table.val, table.test)] == [0.25] * 3


def test_no_row_is_in_two_parts(path: Path) -> None:
    table = load(path)
    seen = np.concatenate([part.features[:, 0] for part in (table.train, table.val, table.test)])
    assert len(np.unique(seen)) == 200


def test_the_split_follows_the_split_seed_alone(path: Path) -> None:
    first, second = load(path, split_seed=1), load(path, split_seed=2)
    assert not np.array_equal(first.val.features, second.val.features)
    assert np.array_equal(first.val.features, load(path, split_seed=1, batch_size=8).val.features)


def test_fewer_rows_are_drawn_from_each_class(path: Path) -> None:
    table = load(path, max_rows=100)
    labels = np.concatenate([part.labels for part in (table.train, table.val, table.test)])
    assert (len(labels), labels.sum()) == (100, 25)


@pytest.mark.parametrize("weight", [None, "yield"])
def test_scaling_is_that_of_the_training_rows(weight: str | None, path: Path) -> None:
    table = load(path, weight=weight)
    oracle = StandardScaler().fit(table.train.features, sample_weight=table.train.weights)
    np.testing.assert_allclose(table.scaling.state["mean"], oracle.mean_)
    np.testing.assert_allclose(table.scaling.state["deviation"], oracle.scale_)


# the mean of 0.1, as numpy adds it up, is not 0.1
@pytest.mark.parametrize("constant", [3.0, 0.1])
@pytest.mark.parametrize("weight", [None, "yield"])
def test_a_constant_feature_is_not_divided_by_its_spread(
    constant: float, weight: str | None, path: Path
) -> None:
    frame().assign(pt=constant).to_csv(path, index=False)
    assert load(path, weight=weight).scaling.state["deviation"][0] == 1.0


def test_a_constant_feature_is_noted(path: Path) -> None:
    frame().assign(pt=3.0).to_csv(path, index=False)
    assert load(path, weight="yield", features=["eta", "pt"]).notes[-1] == (
        "data.features: pt is the same in every training row, from which nothing can be learned; "
        "leave out what is not meant"
    )


def test_an_ordinary_table_has_no_note() -> None:
    assert tabular.load(TabularData()).notes == ()


def test_negative_weights_are_noted(path: Path) -> None:
    write(path, w=np.where(np.arange(200) % 20 == 1, -0.5, 1.0))
    # every twentieth of the 200 rows
    assert load(path, weight="w").notes == (
        "data.weight: column 'w' is negative in 10 of 200 rows, which count as 0 in training and "
        "in every metric",
    )


@pytest.mark.parametrize("label", [0, 1])
def test_weights_of_a_class_that_cancel_are_refused(label: int, path: Path) -> None:
    signs = np.where(np.arange(200) % 8 < 4, 0.1, -0.1)
    write(path, w=np.where(frame()["label"] == label, signs, 1.0))
    message = refused(path, weight="w")
    assert message.startswith("data.weight: column 'w' sums up to ")
    assert f"over the rows of label {label}, but must be positive in sum" in message


@pytest.mark.parametrize("value", [0.0, -1.0])
def test_a_class_without_any_weight_is_refused(value: float, path: Path) -> None:
    write(path, w=np.where(frame()["label"] == 1, value, 1.0))
    assert refused(path, weight="w") == (
        "data.weight: column 'w' leaves no weight to the rows of label 1"
    )


def test_negative_weights_become_zero(path: Path) -> None:
    weights = load(path, weight="yield").train.weights
    assert weights is not None
    assert weights.min() == 0.0


@pytest.mark.parametrize("part", ["training", "validation", "test"])
@pytest.mark.parametrize("label", [0, 1])
def test_each_part_needs_weight_in_both_classes(part: str, label: int, path: Path) -> None:
    # The rows that the split puts into one part, found by a column that is all different.
    table = load(path)
    rows = {"training": table.train, "validation": table.val, "test": table.test}[part]
    events = pd.read_csv(path)
    silent = np.isclose(events["pt"].to_numpy()[:, None], rows.features[:, 0]).any(axis=1)
    silent &= (events["label"] == label).to_numpy()
    write(path, w=np.where(silent, -1.0, 2.0))
    message = refused(path, weight="w")
    assert message.startswith("data.weight: column 'w' leaves no weight")
    assert f"label {label} in the {part} part" in message


def test_a_table_is_read_once_until_its_file_changes(path: Path) -> None:
    first = load(path)
    assert load(path, batch_size=99) is first
    frame(240).to_csv(path, index=False)
    os.utime(path, (1, 1))
    assert len(load(path).train.labels) == 144


@pytest.mark.parametrize("values", [("s", "b"), (1, -1), (True, False)])
def test_two_values_of_any_kind_are_a_label_once_one_is_named(values: Any, path: Path) -> None:
    table = frame()
    table["label"] = [values[0] if label else values[1] for label in table["label"]]
    table.to_csv(path, index=False)
    loaded = load(path, positive=values[0])
    assert loaded.train.labels.mean() == 0.25
    assert loaded.classes == (str(values[1]), str(values[0]))


def write(path: Path, **columns: Any) -> Path:
    frame().assign(**columns).to_csv(path, index=False)
    return path


def test_a_missing_file_names_its_neighbour(path: Path) -> None:
    message = refused(path.with_name("event.csv"))
    assert message.startswith("data.path: ")
    assert "events.csv" in message.split("did you mean")[1]


def test_an_unknown_shipped_table_names_the_known() -> None:
    assert "shipped:magic_gamma_telescope" in refused(Path("shipped:magic_gama_telescope"))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"features": ["pt", "etta"]}, "data.features: no column 'etta'"),
        ({"features": ["pt", "kind"]}, "data.features: column 'kind' holds no numbers"),
        ({"features": ["pt", "label"]}, "data.features: 'label' is the label"),
        ({"features": ["pt", "pt"]}, "data.features: a column is named twice"),
        ({"label": "lable"}, "did you mean 'label'"),
        ({"label": "kind"}, "data.label: column 'kind' has one class only"),
        ({"label": "pt"}, "data.label: column 'pt' holds"),
        ({"positive": 7}, "data.positive: column 'label' holds 0, 1, but never 7"),
        ({"weight": "kind"}, "data.weight: column 'kind' holds no numbers"),
        ({"table": "x"}, "data.table: "),
        ({"val_fraction": 0.6, "test_fraction": 0.5}, "data.val_fraction: "),
    ],
)
def test_a_wrong_option_is_named(given: dict[str, Any], message: str, path: Path) -> None:
    assert message in refused(path, **given)


def test_two_words_as_labels_need_the_signal_named(path: Path) -> None:
    write(path, label=["s", "b"] * 100)
    assert "name the signal's value by data.positive" in refused(path)


def test_numbers_that_are_not_finite_are_counted(path: Path) -> None:
    pt = frame()["pt"].to_numpy(copy=True)
    pt[:3], pt[5] = np.nan, np.inf
    assert "pt (4 rows)" in refused(write(path, pt=pt))


def test_an_empty_file_is_refused(path: Path) -> None:
    frame().head(0).to_csv(path, index=False)
    assert "has no rows" in refused(path)


def test_a_file_that_is_not_what_its_name_says_is_refused(tmp_path: Path) -> None:
    wrong = tmp_path / "events.parquet"
    wrong.write_text("no parquet")
    assert "cannot be read as .parquet" in refused(wrong)


def test_too_few_rows_are_refused(path: Path) -> None:
    frame(4).to_csv(path, index=False)
    assert "too few rows of label" in refused(path)


def test_named_classes_are_counted_in_their_order(path: Path) -> None:
    write(path, label=np.array(["WZ", "ttH", "tt", "Z"])[np.arange(200) % 4])
    table = load(path, classes=["ttH", "Z", "WZ"])
    labels = np.concatenate([part.labels for part in (table.train, table.val, table.test)])
    assert table.classes == ("ttH", "Z", "WZ")
    assert np.bincount(labels).tolist() == [50, 50, 50]
    assert table.shape.n_outputs == 3
    assert table.notes == ("data.classes: 50 rows of other labels (tt) are left out",)


def test_the_second_of_two_named_classes_is_signal(path: Path) -> None:
    label = np.array([4, 1, 2, 3])[np.arange(200) % 4]
    write(path, label=label)
    table = load(path, classes=[3, 1])
    chosen = frame().assign(label=label).query("label == 1")["pt"]
    signal = np.concatenate(
        [part.features[part.labels == 1, 0] for part in (table.train, table.val, table.test)]
    )
    np.testing.assert_allclose(np.sort(signal), np.sort(chosen))
    assert table.shape.n_outputs == 1


@pytest.mark.parametrize("name", ["ttbar", "ttW"])
def test_more_than_two_values_need_the_classes_named(name: str, path: Path) -> None:
    write(path, label=np.array(["WZ", "ttH", name, "Z"])[np.arange(200) % 4])
    assert "list the classes by data.classes, such as ['WZ', 'Z'," in refused(path)
    assert "list the classes by data.classes" in refused(path, positive="ttH")
    message = refused(path, classes=["ttH", f"{name}s"])
    assert f"but never '{name}s'; did you mean '{name}'" in message


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"classes": [1]}, "at least 2"),
        ({"classes": [0, 1, 0]}, "names a class twice"),
        ({"classes": [[0, 1], 0]}, "names a class twice"),
        ({"classes": [[0], []]}, "has a class without any value"),
        ({"classes": [0, 1], "positive": 1}, "has no effect beside"),
    ],
)
def test_classes_that_say_nothing_are_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        TabularData.model_validate(given)


def test_spectators_come_along_as_they_are(path: Path) -> None:
    table = tabular.load(
        TabularData(path=str(path)), {"eta": "disco.variables", "pt": "sculpting.variable"}
    )
    assert table.names == ("yield",)
    assert table.spectators == ("eta", "pt")
    assert table.notes == (
        "data.features: pt, eta are taken out of what the network sees, as named by "
        "sculpting.variable, disco.variables; list data.features to have it otherwise",
    )
    seen = load(path, features=["pt", "eta"])
    np.testing.assert_array_equal(table.val.spectators, seen.val.features[:, ::-1])


def test_a_spectator_that_is_listed_is_a_feature_too(path: Path) -> None:
    table = tabular.load(TabularData(path=str(path), features=["pt"]), {"pt": "disco.variables"})
    np.testing.assert_array_equal(table.train.spectators, table.train.features)
    assert table.notes == ()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("mass", "no column 'mass'"),
        ("kind", "column 'kind' holds no numbers"),
    ],
)
def test_a_wrong_spectator_is_named(name: str, message: str, path: Path) -> None:
    keys = {"pt": "disco.variables", name: "sculpting.variable"}
    with pytest.raises(ConfigError, match=rf"sculpting\.variable: {message}"):
        tabular.load(TabularData(path=str(path)), keys)


def test_a_table_can_be_generated() -> None:
    table = tabular.load(TabularData(path="generated:resonance"))
    made = resonance.frame()
    parts = (table.train, table.val, table.test)
    assert sum(len(part.labels) for part in parts) == len(made)
    assert set(table.names) == set(made.columns) - {"label"}


def test_an_unknown_generator_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no generator 'generated:resonace'.*resonance'"):
        tabular.load(TabularData(path="generated:resonace"))
    # code of others is not run
    (tmp_path / "mine.py").write_text("def frame(): raise SystemExit")
    assert "is no known kind of file" in refused(tmp_path / "mine.py")


def test_several_values_can_make_one_class(path: Path) -> None:
    write(path, label=np.array(["WZ", "ttH", "tt", "Z"])[np.arange(200) % 4])
    table = load(path, classes=[["WZ", "Z", "tt"], "ttH"])
    parts = (table.train, table.val, table.test)
    assert table.classes == ("WZ+Z+tt", "ttH")
    assert sum(part.labels.sum() for part in parts) == 50
    assert table.notes == ()


def test_another_scaler_reads_nothing_anew(path: Path) -> None:
    first, second = load(path), load(path, scaler="minmax")
    assert second.train is first.train
    assert load(path, scaler="minmax") is second
    assert set(second.scaling.state) == {"scale_", "min_"}
