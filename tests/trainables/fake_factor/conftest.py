"""A chain that trains in a blink, and a table of one's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from trainables.fakes import Config

Chain = Callable[..., Config]


@pytest.fixture
def chain() -> Chain:
    """Configs of 1,500 data events, tiny networks and three epochs."""

    def make(**sections: Any) -> Config:
        given: dict[str, Any] = {
            "data": {"path": "generated:three_features", "n_events": 1500, "batch_size": 128},
            "architecture": {"name": "mlp", "width": 8, "depth": 1, "dropout": 0.2},
            "optimizer": {"name": "Adam", "lr": 0.01},
            "trainer": {"max_epochs": 3},
        }
        for name, section in sections.items():
            keep = isinstance(section, dict) and "name" not in section
            given[name] = {**given.get(name, {}), **section} if keep else section
        return Config.model_validate(given)

    return make


@pytest.fixture
def frame() -> pd.DataFrame:
    """400 events of one's own: 300 data, of which 100 tight, and 100 of MC with weight 1/2."""
    random = np.random.default_rng(3)
    frame = pd.DataFrame(random.normal(size=(400, 2)), columns=["x", "y"])
    frame["lepton_pt"] = 25.0 + random.exponential(20.0, 400)
    frame["lepton_eta"] = random.uniform(-2.5, 2.5, 400)
    frame["passes"] = np.repeat([True, False, True, False], [100, 200, 60, 40])
    frame["measured"] = np.repeat([1, 0], [300, 100])
    frame["w"] = np.repeat([1.0, 0.5], [300, 100])
    return frame


OWN = {
    "tight": "passes",
    "is_data": "measured",
    "weight": "w",
    "pt": "lepton_pt",
    "eta": "lepton_eta",
    "met": None,
}
"""What the columns of `frame` mean."""


@pytest.fixture
def own(frame: pd.DataFrame, tmp_path: Path) -> dict[str, Any]:
    """The data section of that table."""
    frame.to_parquet(tmp_path / "own.parquet")
    return {**OWN, "path": str(tmp_path / "own.parquet"), "batch_size": 64}
