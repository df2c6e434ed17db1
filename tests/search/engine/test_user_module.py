"""The README's promise: a user's own module and data are searched with a YAML and a few lines."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from search.engine import session
from search.load import load
from search.options import Options
from search.proof import prove
from search.results.folder import SearchFolder
from search.results.trials import State

pytestmark = pytest.mark.ray

README = Path(__file__).parents[3] / "README.md"
NET = """
import lightning.pytorch as pl
import torch
from sklearn.datasets import load_iris
from torch.utils.data import DataLoader, TensorDataset


class Net(pl.LightningModule):
    def __init__(self, width: int = 16, lr: float = 1e-2):
        super().__init__()
        self.lr = lr
        self.net = torch.nn.Sequential(
            torch.nn.Linear(4, width), torch.nn.ReLU(), torch.nn.Linear(width, 3)
        )

    def training_step(self, batch, index):
        return torch.nn.functional.cross_entropy(self.net(batch[0]), batch[1])

    def validation_step(self, batch, index):
        scores = self.net(batch[0])
        self.log("val_loss", torch.nn.functional.cross_entropy(scores, batch[1]))
        self.log("val_acc", (scores.argmax(1) == batch[1]).float().mean())

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=self.lr)


class Data(pl.LightningDataModule):
    def __init__(self, batch_size: int = 32):
        super().__init__()
        x, y = load_iris(return_X_y=True)
        self.set = TensorDataset(torch.tensor(x, dtype=torch.float32), torch.tensor(y))
        self.batch_size = batch_size

    def train_dataloader(self):
        return DataLoader(self.set, self.batch_size, shuffle=True)

    def val_dataloader(self):
        return DataLoader(self.set, 150)
"""


def block(language: str, containing: str) -> str:
    found = re.findall(rf"```{language}\n(.*?)```", README.read_text(), re.DOTALL)
    (text,) = [text for text in found if containing in text]
    return str(text)


def test_a_module_from_outside_is_searched_as_the_readme_says(
    tmp_path: Path, cluster: Any, quiet_view: Any
) -> None:
    mine = block("python", "from_lightning")
    assert len(mine.strip().splitlines()) <= 10
    (tmp_path / "net.py").write_text(NET)
    (tmp_path / "mine.py").write_text(mine)
    (tmp_path / "mine.yaml").write_text(block("yaml", "trainable: ./mine.py"))
    search = load(str(tmp_path / "mine.yaml"), ["search.trials=3", "trainer.max_epochs=4"])
    prove(search)
    folder = SearchFolder(tmp_path / "runs" / search.spec.name)
    folder.path.mkdir(parents=True)
    options = Options(dashboard=False, track=False)
    result = session.run(search, folder, options, quiet_view(), cluster).result
    assert {trial.state for trial in result.trials} <= {State.COMPLETE, State.STOPPED}
    # Three equally frequent classes: guessing gives a third.
    best = result.ranked()[0]
    assert best.value(result.objective) > 1 / 3
    assert best.best_checkpoint(result.objective) is not None
