"""Files of a small search on the toy trainable, in a folder of the test's own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from search.checks.machine import Machine
from search.errors import UserError
from search.load import Search, load

TWO_CORES = Machine(lambda: 2, lambda: 0)

SPACE = """\
trainable: ./toy.py
base: base.yaml
search: {metric: val_auc, mode: max, trials: 12, seed: 7}
space:
  optimizer.name: {choice: [SGD, Adam]}
  optimizer.lr: {float: [1e-5, 1e-1], log: true}
  optimizer.momentum: {float: [0.5, 0.99], when: {optimizer.name: SGD}}
  architecture.name: [mlp, attention]
  architecture.width: {int: [32, 512], log: true}
  architecture.heads: {choice: [1, 2, 4, 8], when: {architecture.name: attention}}
  loss.name: {choice: [bce, focal]}
  loss.gamma: {float: [0.5, 5.0], when: {loss.name: focal}}
constraints:
  - architecture.width % architecture.heads == 0
try_first:
  - {optimizer.name: Adam, optimizer.lr: 1e-3}
"""

BASE = """\
optimizer: {name: SGD, lr: 0.1, momentum: 0.9}
architecture: {name: mlp, width: 64}
loss: {name: bce}
trainer: {max_epochs: 9}
"""

Write = Callable[..., Path]
Load = Callable[..., Search]
Refused = Callable[..., str]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes `space.yaml` and `base.yaml` into the working directory, beside the toy."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(Path(__file__).with_name("toy.py"), tmp_path / "toy.py")

    def write(space: str | bytes = SPACE, base: str = BASE) -> Path:
        data = space.encode() if isinstance(space, str) else space
        Path("space.yaml").write_bytes(data)
        Path("base.yaml").write_text(base)
        return Path("space.yaml")

    return write


@pytest.fixture
def load_toy(write: Write) -> Load:
    """Loads a search of the toy on a machine of two cores."""

    def load_toy(*overrides: str, space: str | bytes = SPACE, base: str = BASE) -> Search:
        return load(str(write(space, base)), overrides, TWO_CORES)

    return load_toy


@pytest.fixture
def refused(load_toy: Load) -> Refused:
    """The text of the error with which a search of the toy is refused."""

    def refused(*overrides: str, space: str | bytes = SPACE, base: str = BASE) -> str:
        with pytest.raises(UserError) as error:
            load_toy(*overrides, space=space, base=base)
        return str(error.value)

    return refused
