"""Files of small searches, on the toy and on the fault trainable, in a folder of the test's own."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from search.checks.machine import Machine
from search.errors import UserError
from search.load import Search, load
from search.names import TrainableRef
from search.results.checkpoints import CheckpointStore
from search.results.folder import SearchFolder
from search.results.running_trial import Finished, RunningTrial
from search.results.trials import Objective, State, TrialRecord
from trainables.contract import Placement

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


@pytest.fixture
def fault_trainable() -> TrainableRef:
    """The trainable whose curve is known by hand: score = x * epoch + y, other = 1 - x."""
    file = Path(__file__).parent / "engine" / "fault_trainable.py"
    return TrainableRef(str(file), str(file))


@pytest.fixture
def toy_folder(tmp_path: Path) -> SearchFolder:
    """The folder of a search that is called `toy`."""
    folder = SearchFolder(tmp_path / "runs" / "toy")
    folder.path.mkdir(parents=True)
    return folder


Train = Callable[..., TrialRecord]


@pytest.fixture
def train_fault(toy_folder: SearchFolder, fault_trainable: TrainableRef) -> Train:
    """Really trains one trial of the fault trainable, with its checkpoints in `toy_folder`."""
    objective = Objective("score", "max")

    def train(number: int, state: State = State.COMPLETE, **config: Any) -> TrialRecord:
        module = fault_trainable.load()
        directory = toy_folder.trial(number)
        directory.mkdir(parents=True)
        said: list[Finished] = []
        store = CheckpointStore(toy_folder.path, directory, objective)
        trial = RunningTrial(
            number, 100 + number, directory, None, Placement(), objective, store, said.append
        )
        module.fit(module.Config.model_validate(config), trial)
        return TrialRecord(
            number=number,
            state=state,
            point={name: value for name, value in config.items() if name in ("x", "kind")},
            seed=100 + number,
            started=1000.0 * number,
            reports=tuple(finished.report for finished in said),
            checkpoints=store.kept,
            config=config,
        )

    return train


@pytest.fixture
def traded_trials(train_fault: Train) -> tuple[TrialRecord, ...]:
    """Three trials whose scores and others trade off: (18.9, 0.9), (16.5, 0.5), (10.1, 0.1).

    On scaled axes the losses are (0, 1), (0.27, 0.5) and (1, 0), so that trial 1 is the knee.
    """
    points = [(0.1, 18.0), (0.5, 12.0), (0.9, 2.0)]
    return tuple(train_fault(n, x=x, y=y) for n, (x, y) in enumerate(points))


@pytest.fixture
def traded_manifest(manifest: dict[str, Any]) -> dict[str, Any]:
    """What the record of a search of score and other says about it."""
    return manifest | {"search": {"metric": ["score", "other"], "mode": ["max", "min"]}}


@pytest.fixture
def manifest(fault_trainable: TrainableRef) -> dict[str, Any]:
    """What the record of a search of the fault trainable says about it."""
    return {
        "id": "0123",
        "trainable": fault_trainable.text,
        "trainable_file": fault_trainable.file,
        "search": {"metric": "score", "mode": "max"},
        "resources": {"cpus": 1, "gpus": 0, "workers": 1},
        "parameters": ["x", "kind"],
        "choices": ["kind"],
        "max_epochs": 9,
        "versions": {"optuna": "5.0"},
        "git_commit": "abc",
    }
