from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.utils.class_weight import compute_class_weight

from trainables import lightning_fit, signal, tabular
from trainables.batches import Batch
from trainables.contract import ConfigError
from trainables.signal import Config
from trainables.signal_module import SignalModule

Small = Callable[..., Config]


def test_averaged_weights_are_judged_and_saved(small: Small, new_trial: Any) -> None:
    # Defazio et al., arXiv:2405.15682: the averaged sequence is evaluated, not the trained one.
    trial = new_trial()
    signal.fit(small(optimizer={"name": "schedulefreesgd", "lr": 0.1}), trial)
    saved = torch.load(trial.checkpoints[3], weights_only=True)["optimizer_states"][0]
    assert saved["param_groups"][0]["train_mode"] is False


@pytest.mark.parametrize(
    "name", ["LBFGS", "alig", "fadam", "prodigy", "ranger21", "soap", "splus", "dadaptlion"]
)
def test_odd_optimizers_train_under_lightning(name: str, small: Small, new_trial: Any) -> None:
    trial = new_trial()
    signal.fit(small(optimizer={"name": name}), trial)
    assert all(math.isfinite(value) for value in trial.reports[-1][1].values())


@pytest.fixture
def weighted(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    frame = pd.DataFrame(random.normal(size=(400, 3)), columns=["x", "y", "z"])
    frame["label"] = (frame["x"] + random.normal(size=400) > 0).astype(int)
    frame["w"] = random.normal(1.0, 1.0, size=400)
    frame.to_parquet(tmp_path / "weighted.parquet")
    return tmp_path / "weighted.parquet"


def test_reported_numbers_are_those_of_other_libraries(
    weighted: Path, small: Small, new_trial: Any
) -> None:
    data = {"path": str(weighted), "weight": "w", "max_rows": None}
    config, trial = small(data=data), new_trial()
    signal.fit(config, trial)
    state = torch.load(trial.checkpoints[3], weights_only=True)["state_dict"]
    rows = tabular.load(config.data).val
    assert rows.weights is not None
    scaled = (torch.from_numpy(rows.features) - state["scaling.mean"]) / state["scaling.deviation"]
    hidden = (scaled.float() @ state["net.0.weight"].T + state["net.0.bias"]).relu()
    logits = (hidden @ state["net.3.weight"].T + state["net.3.bias"])[:, 0]
    auc = roc_auc_score(rows.labels, logits, sample_weight=rows.weights)
    loss = log_loss(rows.labels, logits.double().sigmoid(), sample_weight=rows.weights)
    assert trial.reports[2][1]["val_auc"] == pytest.approx(auc, abs=1e-6)
    assert trial.reports[2][1]["val_loss"] == pytest.approx(loss, abs=1e-6)


def test_weights_need_a_loss_with_a_value_a_sample(weighted: Path, small: Small) -> None:
    config = small(data={"path": str(weighted), "weight": "w"}, loss={"name": "tverskyloss"})
    with pytest.raises(ConfigError, match=r"loss\.name: tverskyloss has no value a sample"):
        signal.probe(config)


def test_every_epoch_has_another_order(small: Small, new_trial: Any) -> None:
    config, first = small(), []

    class Watched(SignalModule):
        def on_train_batch_start(self, batch: Batch, batch_idx: int) -> None:
            if batch_idx == 0:
                first.append(batch.inputs.flat.sum().item())

    plan = lightning_fit.Plan(config.reported(), config.trainer, None, config.checkpointing)
    with lightning_fit.isolated(1):
        lightning_fit.fit(Watched(config, tabular.load(config.data)), new_trial(), plan)
    assert len(set(first)) == 3


def test_balanced_classes_weigh_alike_in_the_loss(
    weighted: Path, small: Small, new_trial: Any
) -> None:
    # King and Zeng's weights N / (n_i C), as scikit-learn counts them for its classifiers.
    frame = pd.read_parquet(weighted)
    rare = frame.drop(frame.index[frame["label"] == 1][:120])
    rare.to_parquet(weighted)
    data = {"path": str(weighted), "features": ["x", "y", "z"], "max_rows": None}
    config, trial = small(data=data | {"class_weights": "balanced"}), new_trial()
    signal.fit(config, trial)
    table = tabular.load(config.data)
    factors = compute_class_weight("balanced", classes=np.array([0, 1]), y=table.train.labels)
    module = SignalModule(config, table)
    module.load_state_dict(torch.load(trial.checkpoints[3], weights_only=True)["state_dict"])
    module.eval()
    with torch.no_grad():
        logits = module(module.val_dataloader()._rows.inputs)
    expected = log_loss(
        table.val.labels, logits.double().sigmoid(), sample_weight=factors[table.val.labels]
    )
    assert trial.reports[2][1]["val_loss"] == pytest.approx(expected, abs=1e-6)


def test_event_weights_may_stay_out_of_the_loss(
    weighted: Path, small: Small, new_trial: Any
) -> None:
    # Not the standard scaler, which counts rows by their weights.
    data = {"path": str(weighted), "features": ["x", "y"], "max_rows": None, "scaler": "minmax"}
    numbers = []
    for given in ({"weight": "w"}, {"weight": "w", "weight_in_loss": False}, {}):
        trial = new_trial()
        signal.fit(small(data=data | given), trial)
        numbers.append(trial.reports[2][1])
    with_weights, without, plain = numbers
    assert without["train_loss"] == plain["train_loss"] != with_weights["train_loss"]
    assert without["val_auc"] != plain["val_auc"]


def test_a_sampler_draws_the_rows_of_an_epoch(weighted: Path, small: Small) -> None:
    data = {"path": str(weighted), "max_rows": None, "features": ["x"], "sampler": "under"}
    config = small(data=data)
    table = tabular.load(config.data)
    module = SignalModule(config, table)
    module._trainer = SimpleNamespace(global_rank=0, world_size=1)  # type: ignore[assignment]
    labels = torch.cat([batch.labels for batch in module.train_dataloader()])
    rarer = int(np.bincount(table.train.labels).min())
    assert torch.bincount(labels.long()).tolist() == [rarer, rarer]
