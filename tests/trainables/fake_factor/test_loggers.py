from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from trainables import fakes
from trainables.contract import ConfigError
from trainables.fakes import Config

Chain = Callable[..., Config]


def test_the_loggers_of_a_chain_are_checked(chain: Chain) -> None:
    with pytest.raises(ConfigError, match=r"^logging\.loggers\.0\.name"):
        fakes.probe(chain(logging={"loggers": [{"name": "CSVLoger"}]}))


def test_the_loggers_of_a_chain_are_told_its_metrics_and_keep_no_secret(
    chain: Chain, new_trial: Any
) -> None:
    secret = {"name": "MLFlowLogger", "tracking_uri": "sqlite://", "tags": {"api_key": "horse77"}}
    trial = new_trial()
    fakes.fit(chain(logging={"loggers": [{"name": "CSVLogger"}, secret], "memory": True}), trial)
    assert trial.reports[0][1]["train_memory_mib"] > 0
    (file,) = trial.directory.glob("logs/CSVLogger/version_0/metrics.csv")
    assert "val_closure" in file.read_text().splitlines()[0]
    written = [path for path in trial.directory.rglob("*") if path.is_file()]
    assert not any(b"horse77" in path.read_bytes() for path in written)


def test_the_loss_of_every_step_is_written_where_it_is_asked_for(
    chain: Chain, own: dict[str, Any], new_trial: Any
) -> None:
    trial = new_trial()
    logging = {"loggers": [{"name": "CSVLogger"}], "log_every_n_steps": 1}
    ratio_alone = {**own, "is_data": None, "n_events": None}
    fakes.fit(chain(data=ratio_alone, logging=logging, trainer={"max_epochs": 1}), trial)
    (file,) = trial.directory.glob("logs/CSVLogger/version_0/metrics.csv")
    losses = pd.read_csv(file)["train_loss_step"].dropna()
    assert len(losses) > 1
    assert losses.mean() == pytest.approx(trial.reports[0][1]["train_loss_ratio"], rel=1e-5)
