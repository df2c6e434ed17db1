"""A trial that only writes down what it is told, and a small table to train on."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from trainables.contract import Metrics, Placement
from trainables.signal import Config


@dataclass
class FakeTrial:
    """Records reports; keeps every checkpoint under its epoch."""

    directory: Path
    seed: int = 11
    number: int = 0
    resume_from: Path | None = None
    placement: Placement = field(default_factory=Placement)
    stop_at: int | None = None
    reports: list[tuple[int, dict[str, float]]] = field(default_factory=list)
    checkpoints: dict[int, Path] = field(default_factory=dict)

    def report(self, epoch: int, metrics: Metrics, checkpoint: Path | None = None) -> None:
        self.reports.append((epoch, dict(metrics)))
        if checkpoint is not None:
            self.checkpoints[epoch] = checkpoint.rename(self.directory / f"kept-{epoch}.ckpt")
        if epoch == self.stop_at:
            raise SystemExit(0)


@pytest.fixture(autouse=True)
def _environment() -> Iterator[None]:
    """What a logger of MLflow sets in the environment ends with its test."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


NewTrial = Callable[..., FakeTrial]


@pytest.fixture
def new_trial(tmp_path: Path) -> NewTrial:
    made = iter(range(1000))

    def make(**given: Any) -> FakeTrial:
        folder = tmp_path / f"trial-{next(made)}"
        folder.mkdir()
        return FakeTrial(directory=folder, **given)

    return make


@pytest.fixture
def small() -> Callable[..., Config]:
    """Configs that train in a blink: 600 rows, a tiny network, three epochs."""

    def make(**sections: Any) -> Config:
        given: dict[str, Any] = {
            "data": {"max_rows": 600, "batch_size": 64},
            "architecture": {"name": "mlp", "width": 8, "depth": 1, "dropout": 0.2},
            "trainer": {"max_epochs": 3},
        }
        for name, section in sections.items():
            keep = isinstance(section, dict) and "name" not in section
            given[name] = {**given.get(name, {}), **section} if keep else section
        return Config.model_validate(given)

    return make
