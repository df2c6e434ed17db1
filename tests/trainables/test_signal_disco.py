from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from pydantic import ValidationError

from trainables import disco_probe, signal
from trainables.contract import ConfigError
from trainables.signal import METRICS, Config

Small = Callable[..., Config]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Two features of which one gives the mass away; three kinds of events; weights."""
    random = np.random.default_rng(0)
    n = 900
    kind = np.array(["tt", "Z", "ttH"])[np.arange(n) % 3]
    mass = random.exponential(1.0, n) + (kind == "ttH")
    frame = pd.DataFrame(
        {
            "kind": kind,
            "label": (kind == "ttH").astype(int),
            "x": mass + 0.1 * random.normal(size=n),
            "y": random.normal(size=n) + (kind == "ttH"),
            "mass": mass,
            "met": random.random(n),
            "w": random.random(n) + 0.5,
        }
    )
    frame.to_parquet(tmp_path / "events.parquet")
    return tmp_path / "events.parquet"


@pytest.fixture
def config(path: Path, small: Small) -> Small:
    def make(disco: Any = None, sculpting: Any = None, **sections: Any) -> Config:
        data = {"path": str(path), "features": ["x", "y"], "max_rows": None, "batch_size": 300}
        sections["data"] = {**data, **sections.get("data", {})}
        if disco is not None:
            disco = {"variables": ["mass"], "lambda": 1.0, **disco}
        return small(disco=disco, sculpting=sculpting, **sections)

    return make


def last(config: Config, new_trial: Any) -> dict[str, float]:
    trial = new_trial()
    signal.fit(config, trial)
    reported: dict[str, float] = trial.reports[-1][1]
    assert set(reported) == set(config.reported())
    return reported


def test_at_zero_it_is_the_same_training(config: Small, new_trial: Any) -> None:
    plain, free = (last(config(disco=part), new_trial) for part in (None, {"lambda": 0.0}))
    assert {name: free[name] for name in plain} == plain
    assert set(free) - set(plain) == {"val_disco", "train_disco"}


def test_the_validation_loss_is_the_sum(config: Small, new_trial: Any) -> None:
    trial = new_trial()
    made = config(disco={"lambda": 3.0}, trainer={"max_epochs": 1})
    signal.fit(made, trial)
    bare = config(trainer={"max_epochs": 1})
    without = signal.evaluate(bare, trial.checkpoints[1], "val")["val_loss"]
    found = trial.reports[0][1]
    assert found["val_loss"] == pytest.approx(without + 3.0 * found["val_disco"], rel=1e-5)


def test_sculpting_falls_with_lambda(new_trial: Any) -> None:
    def trained(strength: float) -> dict[str, float]:
        made = Config.model_validate(
            {
                "data": {"path": "generated:resonance", "max_rows": 6000, "batch_size": 400},
                "architecture": {"name": "mlp", "width": 32, "depth": 2},
                "optimizer": {"name": "Adam", "lr": 0.01},
                "trainer": {"max_epochs": 6},
                "disco": {"variables": ["mass"], "lambda": strength},
                "sculpting": {"variable": "mass", "bins": 10},
            }
        )
        return last(made, new_trial)

    free, bound = trained(0.0), trained(10.0)
    for name in ("val_jsd", "val_dcor", "val_disco", "train_disco"):
        assert bound[name] < 0.5 * free[name]
    # the b-tag knows nothing of the mass
    assert 0.7 < bound["val_auc"] < free["val_auc"]
    assert free["val_inverse_jsd"] == pytest.approx(1.0 / free["val_jsd"])


def test_the_test_part_has_the_same_metrics(config: Small, new_trial: Any) -> None:
    made, trial = config(disco={}, sculpting={"variable": "met"}), new_trial()
    signal.fit(made, trial)
    found = signal.evaluate(made, trial.checkpoints[3], "test")
    assert {"test_jsd", "test_inverse_jsd", "test_dcor", "test_disco"} < set(found)
    again = signal.evaluate(made, trial.checkpoints[3], "val")
    assert {name: trial.reports[-1][1][name] for name in again} == pytest.approx(again)


@pytest.mark.parametrize("multiclass", ["logits", "entropy"])
@pytest.mark.parametrize("form", ["biased", "unbiased"])
def test_several_classes_train(multiclass: str, form: str, config: Small, new_trial: Any) -> None:
    disco = {
        **{"variables": ["mass", "met"], "classes": ["tt", "Z"], "multiclass": multiclass},
        **{"form": form, "weighted": True, "power": 0.5, "of": "score"},
    }
    data = {"label": "kind", "classes": ["tt", "Z", "ttH"], "weight": "w"}
    found = last(config(disco=disco, data=data, loss={"name": "CrossEntropyLoss"}), new_trial)
    assert all(math.isfinite(value) for value in found.values())


@pytest.mark.parametrize("precision", ["bf16-mixed", 64])
def test_other_arithmetic_trains(precision: Any, config: Small, new_trial: Any) -> None:
    trainer = {"precision": precision, "max_epochs": 1}
    found = last(config(disco={}, sculpting={"variable": "mass"}, trainer=trainer), new_trial)
    assert all(math.isfinite(value) for value in found.values())


def test_the_mass_is_not_seen(config: Small, new_trial: Any) -> None:
    made, trial = config(disco={}, data={"features": None}), new_trial()
    signal.fit(made, trial)
    state = torch.load(trial.checkpoints[3], weights_only=True)["state_dict"]
    first = next(value for name, value in state.items() if name.endswith("0.weight"))
    # of label, x, y, mass, met and w the label and the mass are left out
    assert first.shape[1] == 4


@pytest.mark.parametrize(
    ("section", "name"),
    [("sculpting", "val_jsd"), ("sculpting", "val_dcor"), ("disco", "val_disco")],
)
def test_a_metric_is_reported_with_its_section_alone(
    section: str, name: str, config: Small
) -> None:
    given = {"sculpting": {"variable": "mass"}, "disco": {}}
    assert name in config().unreported()
    assert section in config().unreported()[name]
    assert name not in config(**{section: given[section]}).unreported()


def test_what_needs_two_classes_is_not_reported_of_three(config: Small) -> None:
    data = {"label": "kind", "classes": ["tt", "Z", "ttH"]}
    made = config(sculpting={"variable": "mass"}, data=data)
    assert {"val_jsd", "val_rejection_50", "val_significance"} <= set(made.unreported())
    assert set(made.reported()) == {"val_auc", "val_accuracy", "val_f1", "val_loss", "train_loss"}
    assert set(made.reported()) < set(METRICS)


def test_an_unreported_metric_cannot_be_watched(config: Small) -> None:
    with pytest.raises(ConfigError, match=r"early_stopping\.monitor: no metric 'val_jsd'"):
        signal.probe(config(early_stopping={"monitor": "val_jsd"}))
    with pytest.raises(ConfigError, match=r"scheduler\.monitor: no metric 'val_jsd'"):
        signal.probe(config(scheduler={"name": "ReduceLROnPlateau", "monitor": "val_jsd"}))


@pytest.mark.parametrize(
    ("disco", "message"),
    [
        ({"lambda": -1.0}, "greater than or equal to 0"),
        ({"lambda_": 1.0}, "Extra inputs"),
        ({"variables": []}, "at least 1 item"),
        ({"variables": ["mass", "mass"]}, "names a column twice"),
        ({"weighted": True}, "disco.weighted: has no effect without data.weight"),
        ({"multiclass": "entropy"}, "disco.multiclass: entropy needs three or more classes"),
    ],
)
def test_options_that_cannot_act_are_refused(
    disco: dict[str, Any], message: str, config: Small
) -> None:
    with pytest.raises(ValidationError, match=message):
        config(disco=disco)


def test_classes_beside_the_positive_value_point_to_the_list_of_them(config: Small) -> None:
    two = {"label": "kind", "positive": "ttH"}
    with pytest.raises(ValidationError) as error:
        config(data=two, disco={"classes": ["tt"]})
    message = str(error.value)
    assert "disco.classes: cannot name classes beside data.positive" in message
    assert "write data.classes: [THE OTHER VALUE, ttH]" in message
    named = {"label": "kind", "classes": ["tt", "ttH"]}
    assert config(data=named, disco={"classes": ["tt"]}).disco is not None


@pytest.mark.parametrize("limits", [[1.0, 1.0], [2.0, 1.0]])
def test_a_range_goes_upwards(limits: list[float], config: Small) -> None:
    with pytest.raises(ValidationError, match="write the lower first"):
        config(sculpting={"variable": "mass", "range": limits})


def probed(made: Config) -> str:
    return disco_probe.describe(made)


@pytest.mark.parametrize(
    "live",
    [
        {"lambda": 2.0},
        {"power": 0.5},
        {"weighted": True},
        {"form": "unbiased"},
        {"of": "score"},
        {"variables": ["met"]},
        {"classes": [0, 1]},
    ],
)
def test_a_live_knob_changes_the_description(live: dict[str, Any], config: Small) -> None:
    data = {"weight": "w"}
    assert probed(config(disco=live, data=data)) != probed(config(disco={}, data=data))
    off = {"lambda": 0.0}
    if "lambda" not in live:
        assert probed(config(disco=live | off, data=data)) == probed(config(disco=off, data=data))


def test_the_kind_of_output_is_dead_under_entropy(config: Small) -> None:
    data = {"label": "kind", "classes": ["tt", "Z", "ttH"]}
    loss = {"name": "CrossEntropyLoss"}

    def text(**given: Any) -> str:
        return probed(config(disco={"classes": ["tt"], **given}, data=data, loss=loss))

    assert text(multiclass="entropy", of="score") == text(multiclass="entropy")
    assert text(of="score") != text()


def test_a_batch_too_large_for_its_pairs_is_refused(config: Small) -> None:
    with pytest.raises(ConfigError, match=r"data\.batch_size: disco compares all pairs"):
        signal.probe(config(disco={}, data={"batch_size": 8193}))
    assert signal.probe(config(data={"batch_size": 8193}))["disco"] == "None"


def test_a_small_batch_is_noted(config: Small) -> None:
    notes = signal.check_data(config(disco={}, data={"batch_size": 90}))
    # two events in three are background: 60 of them, and 3 / 60 is 0.05
    assert notes is not None
    assert any("about 60 events" in note and "0.05" in note and "384" in note for note in notes)
    for quiet in ({"form": "unbiased"}, {"lambda": 0.0}):
        assert signal.check_data(config(disco=quiet, data={"batch_size": 90})) == ()
    assert signal.check_data(config(disco={}, data={"batch_size": 400})) == ()


@pytest.mark.parametrize("section", ["disco", "sculpting"])
def test_a_missing_column_is_told_with_its_key(section: str, config: Small) -> None:
    given: dict[str, Any] = {"disco": {"variables": ["mas"]}, "sculpting": {"variable": "mas"}}
    with pytest.raises(ConfigError, match=rf"{section}\.variables?: no column 'mas'.*mean 'mass'"):
        signal.check_data(config(**{section: given[section]}))


def test_what_a_cut_does_is_a_picture(config: Small, new_trial: Any) -> None:
    logging = {"plot_every_n_epochs": 1}
    for sculpted, expected in ({"variable": "mass"}, True), (None, False):
        trial = new_trial()
        made = config(sculpting=sculpted, logging=logging, trainer={"max_epochs": 1})
        signal.fit(made, trial)
        assert (trial.directory / "pictures" / "0001_sculpting.png").exists() == expected
