"""Events with objects, through the whole of a trial."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch

from tests.trainables.architectures.small_networks import SMALL, config
from trainables import signal
from trainables.contract import ConfigError
from trainables.signal import Config

Small = Callable[..., Config]
NewTrial = Callable[..., Any]

MOMENTA = {
    kind: {part: f"{kind}_{part}" for part in ("pt", "eta", "phi", "energy")}
    for kind in ("jet", "lepton")
}
EVENTS: dict[str, Any] = {
    "path": "shipped:pythia_events",
    "features": ["met"],
    "classes": ["ttbar", "ttH"],
    "max_rows": 400,
    "batch_size": 64,
    "objects": {
        "jets": {"features": ["jet_pt", "jet_eta", "jet_btag"], "slots": 5, **MOMENTA["jet"]},
        "leptons": {"features": ["lepton_pt", "lepton_charge"], **MOMENTA["lepton"]},
    },
}
SEVERAL = {
    "data": EVENTS | {"classes": ["ttH", "ttbar", "Zjets", "WZ"]},
    "loss": {"name": "CrossEntropyLoss"},
}


@pytest.mark.parametrize("name", SMALL)
def test_every_architecture_trains_and_is_evaluated_again(
    name: str, small: Small, new_trial: NewTrial
) -> None:
    written = small(data=EVENTS, architecture=config(name), trainer={"max_epochs": 2})
    trial = new_trial()
    signal.fit(written, trial)
    reported = {key: value for key, value in trial.reports[1][1].items() if "val" in key}
    assert all(math.isfinite(value) for value in reported.values())
    assert signal.evaluate(written, trial.checkpoints[2], "val") == pytest.approx(
        reported, abs=1e-5
    )


def test_several_classes_report_what_is_defined_for_them(small: Small, new_trial: NewTrial) -> None:
    written = small(
        **SEVERAL,
        architecture=config("deep_sets"),
        trainer={"max_epochs": 5},
        optimizer={"name": "Adam", "lr": 1e-2},
    )
    trial = new_trial()
    signal.fit(written, trial)
    assert set(trial.reports[-1][1]) == {
        *("val_auc", "val_accuracy", "val_f1", "val_loss", "train_loss")
    }
    # Guessing has an area of 0.5 whatever the number of classes.
    assert trial.reports[-1][1]["val_auc"] > 0.7
    found = signal.evaluate(written, trial.checkpoints[5], "test")
    assert set(found) == {"test_auc", "test_accuracy", "test_f1", "test_loss"}


def test_what_is_not_reported_cannot_be_watched(small: Small) -> None:
    given = {"early_stopping": {"monitor": "val_rejection_50"}}
    signal.probe(small(data=EVENTS, **given))
    with pytest.raises(ConfigError, match=r"early_stopping\.monitor: no metric 'val_rejection_50'"):
        signal.probe(small(**SEVERAL, **given))


@pytest.mark.parametrize("class_weights", ["none", "balanced"])
def test_a_loss_for_two_classes_is_refused_for_four(class_weights: str, small: Small) -> None:
    data = {**SEVERAL["data"], "class_weights": class_weights}
    with pytest.raises(ConfigError, match=r"loss\.name: BCEWithLogitsLoss is for two classes"):
        signal.probe(small(data=data))
    signal.probe(small(data=data, loss={"name": "CrossEntropyLoss"}))


def test_an_architecture_of_objects_needs_some(small: Small) -> None:
    with pytest.raises(ConfigError, match=r"data\.objects: architecture deep_sets works on"):
        signal.probe(small(architecture={"name": "deep_sets"}))


def test_learned_and_placed_bins_are_in_the_checkpoint(small: Small, new_trial: NewTrial) -> None:
    trial = new_trial()
    signal.fit(small(architecture=config("mlp", piecewise={"bins": 4})), trial)
    state = torch.load(trial.checkpoints[3], weights_only=True)["state_dict"]
    assert state["net.0.log_widths"].shape == (10, 4)


def test_kinds_of_objects_are_described_apart(small: Small) -> None:
    whole = signal.probe(small(data=EVENTS, architecture=config("deep_sets")))
    alone = {**EVENTS, "objects": {"jets": EVENTS["objects"]["jets"]}}
    other = signal.probe(small(data=alone, architecture=config("deep_sets")))
    assert whole["architecture"] != other["architecture"]


def test_weights_that_nobody_has_are_no_option_of_the_loss(small: Small) -> None:
    texts = [signal.probe(small(data={"weight_in_loss": value}))["data"] for value in (True, False)]
    assert texts[0] == texts[1]
