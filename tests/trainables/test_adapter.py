from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import lightning.pytorch as pl
import pandas as pd
import pytest
import torch
from matplotlib.figure import Figure
from pydantic import ValidationError
from sklearn.datasets import load_iris
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset
from torchmetrics.functional.classification import multiclass_accuracy

from trainables.adapter import from_lightning
from trainables.contract import ConfigError
from trainables.sections import Logging, TrainerSection

USER_FILE = """
from trainables.adapter import from_lightning
from {module} import Flowers, IrisNet

Config, METRICS, check_data, probe, fit, evaluate = from_lightning(
    IrisNet, Flowers, metrics={{"val_acc": "max", "val_loss": "min"}}
)
"""


class IrisNet(pl.LightningModule):
    """A user's module: its own loss, metrics, optimizer and schedule."""

    def __init__(
        self,
        width: int = 16,
        lr: float = 1e-2,
        act: Literal["relu", "tanh"] = "relu",
        names: tuple[str, ...] = ("a", "b"),
        head: nn.Module | None = None,
    ) -> None:
        super().__init__()
        self.save_hyperparameters({"kept": argparse.Namespace(width=width)})
        self.lr = lr
        middle = nn.ReLU() if act == "relu" else nn.Tanh()
        self.net = nn.Sequential(
            nn.Linear(4, width), middle, nn.Dropout(0.1), head or nn.Linear(width, 3)
        )

    def training_step(self, batch: list[Tensor], batch_idx: int) -> Tensor:
        return nn.functional.cross_entropy(self.net(batch[0]), batch[1])

    def validation_step(self, batch: list[Tensor], batch_idx: int) -> None:
        self._log("val", batch)

    def test_step(self, batch: list[Tensor], batch_idx: int) -> None:
        self._log("test", batch)

    def _log(self, prefix: str, batch: list[Tensor]) -> None:
        logits = self.net(batch[0])
        self.log(f"{prefix}_loss", nn.functional.cross_entropy(logits, batch[1]))
        accuracy = multiclass_accuracy(logits, batch[1], num_classes=3, average="micro")
        self.log(f"{prefix}_acc", accuracy)

    def configure_optimizers(self) -> Any:
        optimizer = torch.optim.Adam(self.parameters(), lr=self.lr)
        steps = int(self.trainer.estimated_stepping_batches)
        rate = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
        return {"optimizer": optimizer, "lr_scheduler": {"scheduler": rate, "interval": "step"}}


class Flowers(pl.LightningDataModule):
    """A user's data module around a file."""

    def __init__(self, path: str, batch_size: int = 32) -> None:
        super().__init__()
        self.path, self.batch_size = path, batch_size

    def setup(self, stage: str) -> None:
        table = pd.read_csv(self.path)
        features = torch.tensor(table.iloc[:, :4].to_numpy(), dtype=torch.float32)
        rows = TensorDataset(features, torch.tensor(table["target"].to_numpy()))
        generator = torch.Generator().manual_seed(0)
        self.parts = torch.utils.data.random_split(rows, [90, 30, 30], generator)

    def train_dataloader(self) -> DataLoader[Any]:
        return DataLoader(self.parts[0], self.batch_size, shuffle=True)

    def val_dataloader(self) -> DataLoader[Any]:
        return DataLoader(self.parts[1], self.batch_size)

    def test_dataloader(self) -> DataLoader[Any]:
        return DataLoader(self.parts[2], self.batch_size)


class Drawn(IrisNet):
    """A user's module that has pictures of its own."""

    def pictures(self) -> dict[str, Figure]:
        figure = Figure()
        figure.add_subplot().plot([0, self.current_epoch])
        return {"epochs": figure}


IRIS = from_lightning(IrisNet, Flowers, metrics={"val_acc": "max", "val_loss": "min"})


@pytest.fixture
def config(tmp_path: Path) -> Callable[..., Any]:
    load_iris(as_frame=True).frame.to_csv(tmp_path / "iris.csv", index=False)

    def make(max_epochs: int = 4, **model: Any) -> Any:
        return IRIS.Config.model_validate(
            {
                "model": model,
                "data": {"path": str(tmp_path / "iris.csv")},
                "trainer": {"max_epochs": max_epochs},
            }
        )

    return make


def test_a_user_needs_ten_lines() -> None:
    assert len(USER_FILE.strip().splitlines()) <= 10


def test_defaults_and_types_come_from_the_signature(config: Any) -> None:
    made = config(names=["x"])
    assert (made.model.width, made.model.lr, made.model.names) == (16, 1e-2, ("x",))
    assert "head" not in type(made.model).model_fields


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ({"widht": 3}, "did you mean 'width'"),
        ({"width": "wide"}, "valid integer"),
        ({"act": "gelu"}, "'relu' or 'tanh'"),
    ],
)
def test_wrong_arguments_are_refused(model: dict[str, Any], message: str, config: Any) -> None:
    with pytest.raises(ValidationError, match=message) as error:
        config(**model)
    assert error.value.errors()[0]["loc"] == ("model", *model)


def test_an_argument_that_no_yaml_can_hold_needs_a_default() -> None:
    class Picky(pl.LightningModule):
        def __init__(self, net: nn.Module) -> None:
            super().__init__()

    with pytest.raises(TypeError, match=r"Picky\.__init__ wants net"):
        from_lightning(Picky, Flowers, metrics={})


def test_it_learns_and_reports_what_was_promised(config: Any, new_trial: Any) -> None:
    trial = new_trial()
    IRIS.fit(config(max_epochs=15), trial)
    assert {tuple(sorted(metrics)) for _, metrics in trial.reports} == {("val_acc", "val_loss")}
    # Three equally frequent classes: guessing gives a third.
    assert trial.reports[-1][1]["val_acc"] > 0.8


def test_a_resumed_fit_goes_on_as_if_never_stopped(config: Any, new_trial: Any) -> None:
    through, stopped = new_trial(), new_trial(stop_at=2)
    IRIS.fit(config(), through)
    with pytest.raises(SystemExit):
        IRIS.fit(config(), stopped)
    resumed = new_trial(resume_from=stopped.checkpoints[2])
    IRIS.fit(config(), resumed)
    assert resumed.reports == through.reports[2:]


def test_evaluate_gives_the_reported_numbers_again(config: Any, new_trial: Any) -> None:
    trial = new_trial()
    IRIS.fit(config(), trial)
    found = IRIS.evaluate(config(), trial.checkpoints[4], "val")
    assert found == pytest.approx(trial.reports[3][1], abs=1e-6)
    tested = IRIS.evaluate(config(), trial.checkpoints[4], "test")
    assert set(tested) == {"test_acc", "test_loss"}


def test_a_module_without_a_test_step_says_so(tmp_path: Path) -> None:
    class Untested(pl.LightningModule):
        pass

    adapted = from_lightning(Untested, Flowers, metrics={"val_acc": "max"})
    given = adapted.Config.model_validate({"data": {"path": str(tmp_path / "iris.csv")}})
    with pytest.raises(ConfigError, match="define no test_step"):
        adapted.evaluate(given, tmp_path / "any.ckpt", "test")


def test_a_metric_that_was_never_logged_is_named(config: Any, new_trial: Any) -> None:
    adapted = from_lightning(IrisNet, Flowers, metrics={"val_f1": "max"})
    with pytest.raises(ConfigError, match=r"'val_f1' was promised.*val_acc, val_loss"):
        adapted.fit(config(), new_trial())


def test_probing_builds_the_module(config: Any) -> None:
    assert IRIS.probe(config(width=3))["model"] != IRIS.probe(config(width=4))["model"]
    with pytest.raises(ConfigError, match=r"^model"):
        IRIS.probe(config(width=-1))


def test_data_that_cannot_be_opened_is_named() -> None:
    given = IRIS.Config.model_validate({"data": {"path": "nowhere.csv"}})
    with pytest.raises(ConfigError, match=r"^data: Flowers cannot be opened: .*nowhere\.csv"):
        IRIS.check_data(given)


def test_a_share_of_less_than_one_validation_batch_is_refused(config: Any) -> None:
    # 30 validation rows in batches of 32 are one
    said = r"^trainer\.limit_val_batches: 0\.5 of 1 validation batches is less than one"
    shares = {
        n: config().model_copy(update={"trainer": TrainerSection(limit_val_batches=n)})
        for n in (0.5, 1)
    }
    with pytest.raises(ConfigError, match=said):
        IRIS.check_data(shares[0.5])
    IRIS.check_data(shares[1])


def test_pictures_of_a_module_s_own_are_written(config: Any, new_trial: Any) -> None:
    made = config(max_epochs=3)
    asked = made.model_copy(update={"logging": Logging(plot_every_n_epochs=2)})
    trial = new_trial()
    from_lightning(Drawn, Flowers, metrics={"val_acc": "max"}).fit(asked, trial)
    drawn = sorted(path.name for path in (trial.directory / "pictures").iterdir())
    assert drawn == ["0002_epochs.png", "0003_epochs.png"]


def test_a_module_without_pictures_cannot_be_asked_for_them(config: Any) -> None:
    asked = config().model_copy(update={"logging": Logging(plot_every_n_epochs=2)})
    with pytest.raises(ConfigError, match=r"^logging\.plot_every_n.* IrisNet has no method"):
        IRIS.probe(asked)
