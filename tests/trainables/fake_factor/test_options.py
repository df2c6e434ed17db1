"""The options that every trainable shares, on a chain of networks."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from pydantic import ValidationError

from trainables import fakes
from trainables.contract import ConfigError
from trainables.fakes import Config

Chain = Callable[..., Config]


@pytest.mark.parametrize("precision", ["bf16-true", "16-true"])
def test_every_network_can_be_in_half_precision(
    precision: Any, chain: Chain, new_trial: Any
) -> None:
    # Adam's own eps of 1e-8 is 0 in float16
    optimizer = {"name": "Adam", "lr": 0.01, "eps": 1e-4}
    config, trial = chain(trainer={"precision": precision}, optimizer=optimizer), new_trial()
    fakes.fit(config, trial)
    state = torch.load(trial.checkpoints[2], weights_only=True)["state_dict"]
    halves = {name for name, part in state.items() if part.dtype.itemsize == 2}
    assert halves
    assert all(".net." in name for name in halves)
    _, reported = trial.reports[1]
    assert math.isfinite(reported["val_closure"])
    found = fakes.evaluate(config, trial.checkpoints[2], "val")
    expected = {name: value for name, value in reported.items() if "val" in name}
    assert found == pytest.approx(expected, rel=1e-5, abs=1e-6)


def test_gradients_are_clipped_as_the_trainer_says(chain: Chain, new_trial: Any) -> None:
    norm, value = new_trial(), new_trial()
    section = {"gradient_clip_val": 1e-3}
    fakes.fit(chain(trainer=section), norm)
    fakes.fit(chain(trainer=section | {"gradient_clip_algorithm": "value"}), value)
    assert norm.reports != value.reports


@pytest.mark.parametrize("key", ["limit_train_batches", "limit_val_batches"])
def test_a_chain_has_no_parts_of_an_epoch(key: str, chain: Chain) -> None:
    with pytest.raises(ValidationError, match=f"{key}: an epoch trains the networks of a chain"):
        chain(trainer={key: 1})


def test_a_chain_has_no_pictures(chain: Chain) -> None:
    with pytest.raises(ConfigError, match=r"^logging\.plot_every_n_epochs: has no effect"):
        fakes.probe(chain(logging={"plot_every_n_epochs": 1}))


def test_the_loggers_of_a_chain_are_checked_and_told_its_metrics(
    chain: Chain, new_trial: Any
) -> None:
    with pytest.raises(ConfigError, match=r"^logging\.loggers\.0\.name"):
        fakes.probe(chain(logging={"loggers": [{"name": "CSVLoger"}]}))
    trial = new_trial()
    fakes.fit(chain(logging={"loggers": [{"name": "CSVLogger"}], "memory": True}), trial)
    assert trial.reports[0][1]["train_memory_mib"] > 0
    (file,) = trial.directory.glob("logs/CSVLogger/version_0/metrics.csv")
    assert "val_closure" in file.read_text().splitlines()[0]
