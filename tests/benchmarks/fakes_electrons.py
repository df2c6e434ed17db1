"""Real electrons as fakes: two studies of events that CMS has measured.

    TUNE_RUN_CMS_ELECTRONS=FILE python -m tests.benchmarks.fakes_electrons

The file holds the electrons of dielectron events (Zee of Run2011A, CMS open data) with the columns
pt, eta, barrel, other_pt, mass, same_sign, tight. It makes two tables and prints, over seeds, how
well a chain closes on each:

* `alone`: electrons of same-sign pairs off the Z are fakes, whatever they passed;
* `mixed`: the same with electrons of opposite-sign pairs on the Z among them, which are prompt, and
  others of these in place of the MC. So all three networks have something to learn, on real data.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from trainables import fakes
from trainables.contract import Metrics, Placement

VARIABLE = "TUNE_RUN_CMS_ELECTRONS"
"""Names the file; it does not come along."""

SHOWN = ("closure", "closure_pt", "closure_eta", "closure_met", "yield_ratio", "ess")

COMMON: dict[str, Any] = {
    "data": {"met": "other_pt", "closure_bins": 5, "batch_size": 512},
    "architecture": {"name": "mlp", "width": 32, "depth": 2},
    "loss": {"balanced": True, "w_lambda": 0.01},
    "optimizer": {"name": "Adam", "lr": 3e-3},
    "trainer": {"max_epochs": 20},
}


@dataclass
class Kept:
    """A training that keeps its last reports and its best checkpoint."""

    directory: Path
    seed: int
    number: int = 0
    resume_from: Path | None = None
    placement: Placement = field(default_factory=Placement)
    reports: list[dict[str, float]] = field(default_factory=list)
    best: Path | None = None

    def report(self, epoch: int, metrics: Metrics, checkpoint: Path | None = None) -> None:
        self.reports.append(dict(metrics))
        assert checkpoint is not None
        least = min(report["val_closure"] for report in self.reports)
        if metrics["val_closure"] == least:
            self.best = checkpoint.replace(self.directory / f"best-{epoch}.ckpt")


def alone(electrons: pd.DataFrame) -> pd.DataFrame:
    """Fakes only: same-sign pairs outside of 80 to 100 GeV."""
    off_peak = ~electrons["mass"].between(80.0, 100.0)
    return electrons[off_peak & (electrons["same_sign"] == 1)][
        ["pt", "eta", "barrel", "other_pt", "mass", "tight"]
    ]


def mixed(electrons: pd.DataFrame, n_prompts: int = 3000) -> pd.DataFrame:
    """The same with prompts among them, and four times as many in place of the MC."""
    on_peak = electrons["mass"].between(80.0, 100.0, inclusive="neither")
    prompts = electrons[on_peak & (electrons["same_sign"] == 0)]
    order = np.random.default_rng(0).permutation(len(prompts))[: 5 * n_prompts]
    inside, stand_in = prompts.iloc[order[:n_prompts]], prompts.iloc[order[n_prompts:]]
    parts = [(alone(electrons), 1, 1.0), (inside, 1, 1.0), (stand_in, 0, 0.25)]
    names = ["pt", "eta", "barrel", "other_pt", "tight"]
    return pd.concat(
        [part[names].assign(is_data=kind, weight=weight) for part, kind, weight in parts],
        ignore_index=True,
    )


STUDIES: Mapping[str, tuple[Any, dict[str, Any]]] = {
    "alone": (alone, {"is_data": None, "weight": None}),
    "mixed": (mixed, {}),
}


def config_of(study: str, electrons: pd.DataFrame, folder: Path, **sections: Any) -> fakes.Config:
    """The config of a study, its table written beside it."""
    make, meaning = STUDIES[study]
    path = folder / f"{study}.parquet"
    make(electrons).to_parquet(path)
    given = {**COMMON, **sections}
    data = {**COMMON["data"], **meaning, "path": str(path)}
    return fakes.Config.model_validate({**given, "data": data})


def closed(config: fakes.Config, seed: int, folder: Path) -> dict[str, float]:
    """The metrics on the test part, at the epoch that closes best on the validation part."""
    folder.mkdir(exist_ok=True)
    trial = Kept(folder, seed)
    fakes.fit(config, trial)
    assert trial.best is not None
    return fakes.evaluate(config, trial.best, "test")


def main(n_seeds: int = 5) -> None:
    """Print both studies."""
    electrons = pd.read_parquet(os.environ[VARIABLE])
    lines = [f"| study | {' | '.join(SHOWN)} |", "| --- " * (len(SHOWN) + 1) + "|"]
    with tempfile.TemporaryDirectory() as root:
        for study in STUDIES:
            config = config_of(study, electrons, Path(root))
            found = [closed(config, s, Path(root) / f"{study}-{s}") for s in range(n_seeds)]
            cells = []
            for name in SHOWN:
                values = [one[f"test_{name}"] for one in found]
                middle = statistics.median(values)
                cells.append(f"{middle:.3g} ({min(values):.3g} .. {max(values):.3g})")
            lines.append(f"| {study} | {' | '.join(cells)} |")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
