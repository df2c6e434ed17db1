from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from search.errors import UserError
from search.load import Search, load

Write = Callable[..., Path]
Load = Callable[..., Search]

SIGNAL = """\
trainable: signal
search: {metric: val_auc, mode: max}
space:
  optimizer.lr: {float: [1e-4, 1e-1], log: true}
  %s
"""
ADAPTED = """\
from lightning.pytorch import LightningDataModule, LightningModule
from trainables.adapter import from_lightning

class Net(LightningModule):
    def __init__(self, width: int = 8):
        super().__init__()

class Data(LightningDataModule):
    def __init__(self, split_seed: int = 0):
        super().__init__()

Config, METRICS, check_data, probe, fit, evaluate = from_lightning(
    Net, Data, metrics={"val_acc": "max"}
)
"""


def refused(path: Path) -> list[str]:
    with pytest.raises(UserError) as error:
        load(str(path))
    return str(error.value).split("\n")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("data.split_seed: [0, 1]", "it cuts out the validation rows"),
        ("data.val_fraction: {float: [0.1, 0.3]}", "it cuts out the validation rows"),
        ("data.test_fraction: [0.1, 0.3]", "it cuts out the validation rows"),
        ("data.max_rows: {int: [1000, 9000]}", "it cuts out the validation rows"),
        ("data.path: [a.csv, b.csv]", "trials are compared on one table"),
        ("data.table: [a, b]", "trials are compared on one table"),
        ("data.label: [a, b]", "it decides which rows are signal"),
        ("data.positive: [a, b]", "it decides which rows are signal"),
        ("data.weight: [null, w]", "it decides how much each validation row counts"),
        ("checkpointing.save_top_k: {int: [1, 3]}", "it decides which files are kept"),
        ("checkpointing.load_checkpoint: [a.ckpt, b.ckpt]", "trials would not start alike"),
        ("checkpointing.continue_training: [true, false]", "trials would not start at the same"),
        ("significance.background_uncertainty: [0, 0.1]", "it decides how val_significance counts"),
    ],
)
def test_what_all_trials_of_a_signal_search_share(write: Write, line: str, reason: str) -> None:
    key = line.split(":")[0]
    # a checkpoint to continue from is missed as well where that is searched
    said = [text for text in refused(write(SIGNAL % line)) if "cannot be searched" in text]
    assert len(said) == 1
    assert said[0].startswith(f"space.yaml:5:3: space.{key}: cannot be searched: {reason}")
    assert said[0].endswith("; set it in the base config")


@pytest.mark.parametrize("line", ["data.batch_size: [64, 128]", "trainer.max_epochs: [3, 9]"])
def test_what_trials_may_differ_in(write: Write, line: str) -> None:
    assert len(load(str(write(SIGNAL % line))).space.parameters) == 2


def test_a_block_is_refused_for_the_key_in_which_its_options_differ(write: Write) -> None:
    line = (
        "data: {choice: {a: {split_seed: 1, batch_size: 64}, b: {split_seed: 2, batch_size: 64}}}"
    )
    (said,) = refused(write(SIGNAL % line))
    assert said.startswith("space.yaml:5:3: space.data: data.split_seed cannot be searched: ")


def test_a_block_may_repeat_what_all_its_options_share(write: Write) -> None:
    line = (
        "data: {choice: {a: {split_seed: 1, batch_size: 64}, b: {split_seed: 1, batch_size: 99}}}"
    )
    assert len(load(str(write(SIGNAL % line))).space.parameters) == 2


def test_a_shared_key_that_the_command_line_fixes_is_no_search(write: Write) -> None:
    path = write(SIGNAL % "data.split_seed: [0, 1]")
    search = load(str(path), ["data.split_seed=5"])
    assert search.base["data"]["split_seed"] == 5


def test_an_adapted_module_shares_its_checkpointing_alone(write: Write) -> None:
    Path("mine.py").write_text(ADAPTED)
    text = (SIGNAL % "checkpointing.save_top_k: [1, 2]\n  data.split_seed: [0, 1]").replace(
        "trainable: signal", "trainable: ./mine.py"
    )
    text = text.replace("val_auc", "val_acc").replace("optimizer.lr: {float", "model.width: {int")
    text = text.replace("[1e-4, 1e-1], log: true", "[8, 16]")
    (said,) = refused(write(text))
    assert said.startswith("space.yaml:5:3: space.checkpointing.save_top_k: cannot be searched: ")
