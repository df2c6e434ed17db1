from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from search.cli.train import train
from search.errors import UserError
from search.files.config_file import load_config
from search.names import TrainableRef


@pytest.fixture
def config(tmp_path: Path, fault_trainable: TrainableRef) -> Path:
    """Three epochs with the scores 0.5, 1.0 and 1.5."""
    folder = tmp_path / "mine"
    folder.mkdir()
    path = folder / "config.yaml"
    path.write_text(f"trainable: {fault_trainable.file}\nx: 0.5\ntrainer: {{max_epochs: 3}}\n")
    return path


@pytest.fixture
def trained(config: Path, tmp_path: Path) -> Any:
    """Trains the config in this process; returns the only new folder."""

    def run(*overrides: str, **options: Any) -> Path:
        train(str(config), list(overrides), **{"track": False, "out": tmp_path / "out", **options})
        return tmp_path / "out"

    return run


def test_each_epoch_is_printed(trained: Any, capfd: pytest.CaptureFixture[str]) -> None:
    trained()
    lines = [line.split() for line in capfd.readouterr().out.splitlines()]
    assert [(line[0], line[1], line[-3:]) for line in lines[:3]] == [
        ("epoch", "1", ["0.5", "other", "0.5"]),
        ("epoch", "2", ["1", "other", "0.5"]),
        ("epoch", "3", ["1.5", "other", "0.5"]),
    ]


def test_the_best_checkpoint_is_named(trained: Any, capfd: pytest.CaptureFixture[str]) -> None:
    folder = trained()
    file = folder / "checkpoints" / "epoch=0003.ckpt"
    assert capfd.readouterr().out.splitlines()[-1] == f"Best checkpoint: {file}"
    assert json.loads(file.read_text())["epoch"] == 3


def test_the_epochs_are_in_a_table(trained: Any) -> None:
    read = pd.read_csv(trained() / "metrics.csv")
    assert list(read) == ["epoch", "seconds", "score", "other"]
    assert read["score"].tolist() == [0.5, 1.0, 1.5]


def test_what_was_trained_is_kept_and_can_be_trained_again(trained: Any) -> None:
    folder = trained("trainer.max_epochs=2", "y=1.0")
    again = load_config(str(folder / "config.yaml"))
    assert again.plain == {"x": 0.5, "trainer": {"max_epochs": 2}, "y": 1.0}
    # score = x * epoch + y
    assert pd.read_csv(folder / "metrics.csv")["score"].tolist() == [1.5, 2.0]


def test_each_training_has_a_folder_of_its_own(config: Path, tmp_path: Path) -> None:
    for _ in range(2):
        train(str(config), [], track=False, storage=tmp_path / "runs")
    names = sorted(path.name for path in (tmp_path / "runs" / "trained").iterdir())
    assert names == ["mine", "mine-2"]


def test_an_exported_trial_keeps_checkpoints_by_the_metric_of_its_search(
    trained: Any, config: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    config.with_name("origin.json").write_text(json.dumps({"metric": "other", "seed": 7}))
    trained()
    # other is 0.5 at each epoch, so that the first is the best
    assert capfd.readouterr().out.splitlines()[-1].endswith("checkpoints/epoch=0001.ckpt")


def test_a_metric_of_the_search_that_is_no_longer_reported_stops_no_training(
    trained: Any, config: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    own = config.with_name("lacks.py")
    source = Path(config.read_text().split()[1]).read_text()
    lacking = source.replace('"other": 1 - config.x', "")
    assert lacking != source
    own.write_text(f"{lacking}\n\nConfig.unreported = lambda self: {{'other': 'it is left out'}}\n")
    config.write_text("trainable: ./lacks.py\nx: 0.5\ntrainer: {max_epochs: 3}\n")
    config.with_name("origin.json").write_text(json.dumps({"metric": ["score", "other"]}))
    trained()
    said = capfd.readouterr().out
    assert "which this config does not report (it is left out); they are kept by score" in said
    assert said.splitlines()[-1].endswith("checkpoints/epoch=0003.ckpt")


def test_an_exported_trial_that_everybody_could_have_changed_is_not_trained(
    trained: Any, config: Path
) -> None:
    config.with_name("origin.json").write_text(json.dumps({"metric": "other", "seed": 7}))
    config.chmod(0o666)
    with pytest.raises(UserError, match="everybody on this machine can write"):
        trained()


def test_what_a_training_keeps_of_its_config_holds_no_secret(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "config.yaml"
    file = Path(__file__).with_name("secret_trainable.py")
    own.write_text(f"trainable: {file}\ndata: {{url: 'http://me:horse@host'}}\n")
    out = tmp_path / "out"
    train(str(own), ["data.password=hunter22"], track=False, out=out)
    assert yaml.safe_load((out / "config.yaml").read_text())["data"] == {
        "url": "http://me:***@host",
        "password": "***",
    }
    assert stat.S_IMODE(out.stat().st_mode) == 0o700


def test_a_value_that_is_not_finite_is_never_the_best(
    trained: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    trained("fault=nan", "fault_epoch=3")
    assert capfd.readouterr().out.splitlines()[-1].endswith("checkpoints/epoch=0002.ckpt")


def test_a_training_that_breaks_leaves_what_it_had(
    trained: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(RuntimeError, match="the trainable gave up"):
        trained("fault=raise", "fault_epoch=3")
    assert pd.read_csv(tmp_path / "out" / "metrics.csv")["score"].tolist() == [0.5, 1.0]
    assert capfd.readouterr().out.splitlines()[-1].endswith("checkpoints/epoch=0002.ckpt")


def test_what_a_component_refuses_in_training_is_a_mistake_of_the_user(
    tmp_path: Path, config: Path, fault_trainable: TrainableRef
) -> None:
    own = config.with_name("refuses.py")
    source = Path(str(fault_trainable.file)).read_text()
    own.write_text(
        f"{source}\n\ndef fit(config, trial):\n"
        "    from trainables.contract import ConfigError\n"
        "    raise ConfigError('x', 'too small for this data')\n"
    )
    config.write_text("trainable: ./refuses.py\n")
    with pytest.raises(UserError) as error:
        train(str(config), [], track=False, out=tmp_path / "out")
    assert str(error.value) == f"{config}: x: too small for this data"


@pytest.mark.ray
@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_what_a_component_refuses_in_a_worker_is_said_in_one_line(
    tmp_path: Path, config: Path
) -> None:
    own = config.with_name("refuses.py")
    source = Path(config.read_text().split()[1]).read_text()
    own.write_text(
        f"{source}\n\ndef fit(config, trial):\n"
        "    from trainables.contract import ConfigError\n"
        "    raise ConfigError('x', 'too small for this data')\n"
    )
    config.write_text("trainable: ./refuses.py\n")
    command = Path(sys.executable).with_name("tune-train")
    given = [str(config), "--workers", "2", "--no-track", "--out", str(tmp_path / "out")]
    done = subprocess.run([str(command), *given], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2, done.stderr
    assert done.stderr.splitlines()[-1].endswith(f"{config}: x: too small for this data")
    assert "Traceback" not in done.stdout


def test_a_wrong_config_makes_no_folder(trained: Any, tmp_path: Path) -> None:
    with pytest.raises(UserError):
        trained("nosuch=1")
    assert not (tmp_path / "out").exists()


def test_without_tracking_there_is_no_mlflow_store(config: Path, tmp_path: Path) -> None:
    train(str(config), [], track=False, storage=tmp_path / "runs")
    assert [path.name for path in (tmp_path / "runs").iterdir()] == ["trained"]


@pytest.fixture
def dead_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")


@pytest.mark.usefixtures("dead_server")
def test_a_dead_server_stops_no_training(trained: Any, caplog: pytest.LogCaptureFixture) -> None:
    folder = trained(track=True)
    assert pd.read_csv(folder / "metrics.csv")["score"].tolist() == [0.5, 1.0, 1.5]
    assert [r.getMessage().startswith("MLflow cannot be written") for r in caplog.records] == [True]


@pytest.mark.usefixtures("dead_server")
def test_a_dead_server_hides_no_error_of_the_training(trained: Any) -> None:
    with pytest.raises(RuntimeError, match="the trainable gave up"):
        trained("fault=raise", track=True)


def test_the_folder_that_was_written_is_named(
    trained: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    trained()
    trained()
    assert capfd.readouterr().out.splitlines()[-2] == f"Written to {tmp_path / 'out-2'}"


def test_pictures_and_logs_are_named_and_kept_with_the_run(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "signal.yaml"
    config.write_text(
        "data: {max_rows: 600}\narchitecture: {width: 8}\ntrainer: {max_epochs: 2}\n"
        "logging: {loggers: [{name: CSVLogger}], plot_every_n_epochs: 1}\n"
    )
    train(str(config), [], out=tmp_path / "out", storage=tmp_path / "runs")
    directory = tmp_path / "out" / "checkpoints"
    said = capfd.readouterr().out.splitlines()
    assert said[-3:-1] == [f"Pictures: {directory / 'pictures'}", f"Logs: {directory / 'logs'}"]
    drawn = {path.name for path in (directory / "pictures").iterdir()}
    assert {"0001_roc.png", "0002_confusion.png"} <= drawn
    assert (directory / "logs" / "CSVLogger" / "version_0" / "metrics.csv").is_file()
    kept = (tmp_path / "runs" / "mlartifacts").rglob("*.png")
    assert {path.name for path in kept} == drawn


def test_the_config_says_how_many_checkpoints_are_kept(
    config: Path, fault_trainable: TrainableRef, tmp_path: Path
) -> None:
    own = config.with_name("keeps.py")
    source = Path(str(fault_trainable.file)).read_text()
    own.write_text(f"{source}\n\nConfig.keep_checkpoints = lambda self: -1\n")
    config.write_text(config.read_text().replace(str(fault_trainable.file), "./keeps.py"))
    train(str(config), [], track=False, out=tmp_path / "out")
    # -1 keeps all three epochs; the first is worse than the others and not the last
    names = sorted(path.name for path in (tmp_path / "out" / "checkpoints").glob("epoch=*"))
    assert names == ["epoch=0001.ckpt", "epoch=0002.ckpt", "epoch=0003.ckpt"]
