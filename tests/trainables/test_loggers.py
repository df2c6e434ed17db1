from __future__ import annotations

import csv
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lightning.fabric.loggers import tensorboard
from lightning.pytorch import loggers as lightning_loggers
from lightning.pytorch.loggers import comet, litlogger, mlflow, wandb
from tensorboardX.proto.event_pb2 import Event

from trainables import loggers, signal
from trainables.components.component import Component
from trainables.contract import ConfigError, Placement
from trainables.logger_kinds import KINDS
from trainables.signal import Config

Small = Callable[..., Config]

PACKAGES = {
    "CometLogger": [comet._COMET_AVAILABLE],
    "LitLogger": [litlogger._LITLOGGER_AVAILABLE],
    "MLFlowLogger": [mlflow._MLFLOW_AVAILABLE],
    "TensorBoardLogger": [tensorboard._TENSORBOARDX_AVAILABLE, tensorboard._TENSORBOARD_AVAILABLE],
    "WandbLogger": [wandb._WANDB_AVAILABLE],
}
"""What Lightning itself asks for."""


def check(**component: Any) -> None:
    loggers.check([Component.model_validate(component)])


def rows(folder: Path) -> list[dict[str, float]]:
    """The rows of a CSVLogger, without their empty cells."""
    with (folder / "metrics.csv").open() as stream:
        read = list(csv.DictReader(stream))
    return [{name: float(text) for name, text in row.items() if text} for row in read]


def events(file: Path) -> Iterator[Event]:
    """What TensorBoard reads: each record has its length, two checksums and an event."""
    data = file.read_bytes()
    while data:
        (length,) = struct.unpack("<Q", data[:8])
        yield Event.FromString(data[12 : 12 + length])
        data = data[16 + length :]


def test_every_logger_of_lightning_s_is_known() -> None:
    assert set(KINDS) == set(lightning_loggers.__all__) - {"Logger"}


@pytest.mark.parametrize("name", KINDS)
def test_the_packages_are_those_that_lightning_asks_for(name: str) -> None:
    wanted = [requirement.requirement for requirement in PACKAGES.get(name, [])]
    assert list(KINDS[name].packages) == wanted


@pytest.mark.parametrize("name", KINDS)
def test_where_a_logger_writes_is_not_asked_of_the_config(name: str) -> None:
    place = KINDS[name].places[0]
    installed = not PACKAGES.get(name) or any(PACKAGES[name])
    said = f"{place}: is not to be given" if installed else "name: .* not installed; pip install '"
    with pytest.raises(ConfigError, match=said):
        check(name=name, **{place: "/tmp/elsewhere"})


@pytest.mark.parametrize(
    ("component", "said"),
    [
        ({"name": "TensorboardLogger"}, r"loggers\.0\.name: .*did you mean 'TensorBoardLogger'"),
        ({"name": "CSVLogger", "prefx": "a"}, r"loggers\.0\.prefx: .*did you mean 'prefix'"),
        ({"name": "CSVLogger", "flush_logs_every_n_steps": "ten"}, "refuses 'ten'"),
        ({"name": "TensorBoardLogger", "flush_sec": 1}, "did you mean 'flush_secs'"),
        ({"name": "MLFlowLogger"}, r"loggers\.0\.tracking_uri: MLFlowLogger needs it"),
    ],
    ids=lambda part: str(part)[:40],
)
def test_what_a_logger_cannot_take_is_refused(component: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        check(**component)


@pytest.mark.parametrize(
    "component",
    [
        {"name": "CSVLogger", "flush_logs_every_n_steps": 10, "prefix": "a"},
        {"name": "TensorBoardLogger", "flush_secs": 1, "default_hp_metric": False},
        {"name": "MLFlowLogger", "tracking_uri": "http://host", "run_name": "mine"},
    ],
    ids=lambda part: str(part["name"]),
)
def test_what_a_logger_takes_is_an_option(component: dict[str, Any]) -> None:
    check(**component)


def test_probing_a_config_checks_its_loggers(small: Small) -> None:
    config = small(logging={"loggers": [{"name": "CSVLoger"}]})
    with pytest.raises(ConfigError, match=r"logging\.loggers\.0\.name"):
        signal.probe(config)


@pytest.mark.parametrize(
    ("folder", "title"),
    [
        ("/data/runs/signal/trials/00003", "signal/trials/00003"),
        ("/data/runs/signal/trials/00003/attempt-02", "signal/trials/00003/attempt-02"),
        ("/data/trials/signal/trials/00003/attempt-02", "signal/trials/00003/attempt-02"),
        ("/data/runs/mine", "data/runs/mine"),
    ],
)
def test_a_training_is_called_by_its_search_and_trial(folder: str, title: str) -> None:
    assert loggers.title_of(Path(folder)) == title


def test_the_metrics_of_every_epoch_are_logged(small: Small, new_trial: Any) -> None:
    trial = new_trial()
    signal.fit(small(logging={"loggers": [{"name": "CSVLogger"}]}), trial)
    logged: dict[int, dict[str, float]] = {}
    for row in rows(trial.directory / "logs" / "CSVLogger" / "version_0"):
        logged.setdefault(int(row["epoch"]) if "epoch" in row else 0, {}).update(row)
    # Lightning counts epochs from 0
    assert sorted(logged) == [0, 1, 2]
    for epoch, metrics in trial.reports:
        found = {name: logged[epoch - 1][name] for name in metrics}
        assert found == pytest.approx(metrics)
    assert not any("train_loss_step" in row for row in logged.values())


@pytest.mark.parametrize(("every", "added_up"), [(1, 1), (2, 1), (1, 2), (2, 2)])
def test_steps_are_logged_if_asked(every: int, added_up: int, small: Small, new_trial: Any) -> None:
    trial = new_trial()
    logging = {"loggers": [{"name": "CSVLogger"}], "log_every_n_steps": every}
    signal.fit(small(logging=logging, trainer={"accumulate_grad_batches": added_up}), trial)
    read = rows(trial.directory / "logs" / "CSVLogger" / "version_0")
    losses = [row["train_loss_step"] for row in read if "train_loss_step" in row]
    # 360 rows in batches of 64 are 6 an epoch, of 3 epochs
    assert len(losses) == 6 // added_up * 3 // every
    mean = sum(metrics["train_loss"] for _, metrics in trial.reports) / 3
    assert sum(losses) / len(losses) == pytest.approx(mean, rel=0.1)
    assert {row["lr-Adam"] for row in read if "lr-Adam" in row} == {1e-3}


def test_tensorboard_finds_the_metrics(small: Small, new_trial: Any) -> None:
    trial = new_trial()
    signal.fit(small(logging={"loggers": [{"name": "TensorBoardLogger"}]}), trial)
    (file,) = (trial.directory / "logs" / "TensorBoardLogger" / "version_0").glob("events.*")
    values = [value for event in events(file) for value in event.summary.value]
    logged = [value.simple_value for value in values if value.tag == "val_auc"]
    assert logged == pytest.approx([metrics["val_auc"] for _, metrics in trial.reports])


def test_a_trial_that_goes_on_writes_beside_what_it_wrote_before(
    small: Small, new_trial: Any
) -> None:
    config = small(logging={"loggers": [{"name": "CSVLogger"}, {"name": "TensorBoardLogger"}]})
    trial = new_trial(stop_at=1)
    with pytest.raises(SystemExit):
        signal.fit(config, trial)
    trial.resume_from, trial.stop_at = trial.checkpoints[1], None
    signal.fit(config, trial)
    for name in ("CSVLogger", "TensorBoardLogger"):
        versions = (trial.directory / "logs" / name).iterdir()
        assert {path.name for path in versions} == {"version_0", "version_1"}


def test_loggers_change_nothing_that_is_trained(small: Small, new_trial: Any) -> None:
    quiet, logged = new_trial(), new_trial()
    signal.fit(small(), quiet)
    logging = {"loggers": [{"name": "CSVLogger"}], "log_every_n_steps": 1}
    signal.fit(small(logging=logging), logged)
    assert logged.reports == quiet.reports


def test_only_the_first_of_several_workers_writes(small: Small, new_trial: Any) -> None:
    trial = new_trial(placement=Placement(rank=1))
    signal.fit(small(logging={"loggers": [{"name": "CSVLogger"}]}), trial)
    assert not (trial.directory / "logs").exists()


def test_no_secret_of_a_logger_is_written_down(small: Small, new_trial: Any) -> None:
    secret = {"name": "MLFlowLogger", "tracking_uri": "sqlite://", "tags": {"api_key": "horse77"}}
    trial = new_trial()
    signal.fit(small(logging={"loggers": [{"name": "CSVLogger"}, secret]}), trial)
    written = [path for path in trial.directory.rglob("*") if path.is_file()]
    assert {"hparams.yaml", "kept-3.ckpt"} <= {path.name for path in written}
    assert not any(b"horse77" in path.read_bytes() for path in written)


def test_without_loggers_nothing_is_written(small: Small, new_trial: Any) -> None:
    trial = new_trial()
    signal.fit(small(), trial)
    assert {path.name for path in trial.directory.iterdir()} == {
        f"kept-{epoch}.ckpt" for epoch in (1, 2, 3)
    }
