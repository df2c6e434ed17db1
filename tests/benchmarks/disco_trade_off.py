"""Measures what decorrelation costs: `tune-train` for each lambda and seed, the last epoch of each.

    python -m tests.benchmarks.disco_trade_off [TABLE.csv] [FOLDER]

writes the table that the page of `disco` shows, `trainables/docs/disco_trade_off.csv`.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pandas as pd

from search.cli import train as tune_train
from trainables.docs.disco import MEASURED, TRADE_OFF

LAMBDAS = (0.0, 0.1, 1.0, 3.0, 10.0, 30.0)
SEEDS = (1, 2, 3)
OUTPUTS = ("logit", "score")
CONFIG = "configs/signal_disco.yaml"


def main(table: Path = TRADE_OFF, folder: Path | None = None) -> None:
    """Train every combination and write the table, a row a training."""
    with tempfile.TemporaryDirectory() as temporary:
        rows = [
            train(folder or Path(temporary), strength, output, seed)
            for strength in LAMBDAS
            for output in (OUTPUTS if strength else OUTPUTS[:1])
            for seed in SEEDS
        ]
    pd.DataFrame(rows).to_csv(table, index=False, float_format="%.5g")


def train(folder: Path, strength: float, output: str, seed: int) -> dict[str, object]:
    """One training by `tune-train`, and what it reported at its end."""
    out = folder / f"{output}-{strength:g}-{seed}"
    given = [f"disco.lambda={strength:g}", f"disco.of={output}"]
    tune_train.train(CONFIG, given, out=out, seed=seed, track=False)
    last = pd.read_csv(out / "metrics.csv").iloc[-1]
    named = {"lambda": strength, "of": output, "seed": seed}
    return named | {name: float(last[name]) for name in MEASURED}


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
