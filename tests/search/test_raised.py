from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from search.errors import UserError
from search.files.config_file import load_config
from search.load import load
from search.names import NameProblem, find_trainable
from search.proof import prove
from search.raised import told

Write = Callable[..., Path]

MINE = """\
import torch
from lightning.pytorch import LightningDataModule, LightningModule
from trainables.adapter import from_lightning

class Net(LightningModule):
    def __init__(self, width: int = 8):
        super().__init__()
        self.layer = build(width)

class Data(LightningDataModule):
    def __init__(self, path: str = "", rows: int = 0):
        super().__init__()
        self.path, self.rows = path, rows

    def setup(self, stage):
        torch.zeros(3).reshape(self.rows)

    def train_dataloader(self):
        return [1]

def build(width):
    if width > 8:
        raise ValueError("too wide")
    return torch.nn.Linear(width, 1)

Config, METRICS, check_data, probe, fit, evaluate = from_lightning(
    Net, Data, metrics={"val_acc": "max"}
)
"""
SPACE = """\
trainable: ./mine.py
base: {data: {rows: %d}}
search: {metric: val_acc, mode: max}
space:
  model.width: {int: [4, %d]}
"""


@pytest.fixture
def proved(write: Write, tmp_path: Path) -> Callable[..., str]:
    """What `prove` says of a search of a user's own module."""

    def proved(rows: int, width: int, *overrides: str) -> str:
        (tmp_path / "mine.py").write_text(MINE)
        path = write(SPACE % (rows, width))
        with pytest.raises(UserError) as error:
            prove(load(str(path), overrides))
        return str(error.value)

    return proved


def line_of(text: str) -> int:
    return MINE.splitlines().index(text) + 1


def test_a_data_module_that_fails_is_told_with_the_line_of_its_author(
    proved: Callable[..., str], tmp_path: Path
) -> None:
    # torch itself raises; the innermost line of the user's own file called it
    line = line_of("        torch.zeros(3).reshape(self.rows)")
    said = proved(2, 8)
    assert said.startswith("space.yaml:2:8: data: Data cannot be opened: shape '[2]' is invalid")
    assert said.endswith(f"({tmp_path / 'mine.py'}:{line})")


def test_a_module_that_fails_is_told_with_the_line_of_its_author(
    proved: Callable[..., str], tmp_path: Path
) -> None:
    line = line_of('        raise ValueError("too wide")')
    assert proved(3, 9) == (
        "space.yaml:5:26: space.model.width: Net refuses 9: too wide "
        f"({tmp_path / 'mine.py'}:{line})"
    )


def test_a_data_module_that_fails_for_the_command_line_says_so(
    proved: Callable[..., str],
) -> None:
    said = proved(3, 8, "data.rows=2")
    assert said.startswith("command line: data.rows=2: Data cannot be opened: shape '[2]' is")


def test_a_training_of_a_module_that_fails_names_the_line_too(write: Write, tmp_path: Path) -> None:
    write()
    (tmp_path / "mine.py").write_text(MINE)
    Path("c.yaml").write_text("trainable: ./mine.py\nmodel: {width: 9}\n")
    with pytest.raises(UserError) as error:
        load_config("c.yaml")
    line = line_of('        raise ValueError("too wide")')
    assert str(error.value) == (
        f"c.yaml:2:9: model.width: Net refuses 9: too wide ({tmp_path / 'mine.py'}:{line})"
    )


def test_a_training_of_a_trainable_that_raises_is_told_without_a_traceback(
    write: Write, tmp_path: Path
) -> None:
    write()
    names = "Config, METRICS, check_data, fit, evaluate"
    text = f"from toy import {names}\ndef probe(config):\n    1 / 0\n"
    (tmp_path / "broken.py").write_text(text)
    Path("c.yaml").write_text("trainable: ./broken.py\n")
    with pytest.raises(UserError) as error:
        load_config("c.yaml")
    assert str(error.value) == (
        "c.yaml:1:1: trainable: it fails on this config: ZeroDivisionError: division by zero "
        f"({tmp_path / 'broken.py'}:3)"
    )


def test_a_missing_module_is_told_with_the_line_that_imports_it(
    write: Write, tmp_path: Path
) -> None:
    write()
    (tmp_path / "bad.py").write_text("import os\n\nimport nosuch_library\n")
    with pytest.raises(NameProblem) as error:
        find_trainable("./bad.py", tmp_path).load()
    assert str(error.value) == (
        f"'./bad.py' cannot be imported: No module named 'nosuch_library' ({tmp_path / 'bad.py'}:3)"
    )


def test_what_no_file_of_theirs_raised_is_told_with_the_innermost_line() -> None:
    import json

    try:
        json.loads("{")
    except ValueError as error:
        # this test is the only file here that is neither installed nor of the standard library
        said = told(error)
    assert said.startswith("JSONDecodeError: Expecting property name")
    assert "test_raised.py:" in said
