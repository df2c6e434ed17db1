"""How good are configs of `fakes`, and how much does that depend on the seed?

    python -m tests.benchmarks.fakes_over_seeds configs/fakes.yaml configs/fakes_found.yaml

trains each config with each seed, in this process, and writes the table that the page of `fakes`
shows, `trainables/docs/fakes_over_seeds.csv`: the closure at the last epoch, at the best one, and
on the test part at the checkpoint of the best one. `tune-train CONFIG --seed N` is the same
training. KEY=VALUE among the configs changes all of them. About a minute for each config and six
seeds; run it from the root of the repository.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
from pathlib import Path

import pandas as pd

from search.files.config_file import TrainingConfig, load_config
from search.results.follow_up import TrainingLog, best_of, checkpoint_goal, open_training
from trainables.contract import Placement
from trainables.docs.fakes_measured import OVER_SEEDS


def trained(parsed: TrainingConfig, seed: int) -> dict[str, float]:
    """One training, and how well it closes."""
    module = parsed.trainable.load()
    goal = checkpoint_goal(module.METRICS, None)
    with tempfile.TemporaryDirectory() as folder:
        log = TrainingLog(Path(folder))
        trial = open_training(Path(folder), goal, seed, Placement(), 1, log.write)
        module.fit(parsed.config, trial)
        assert log.last is not None
        found = {"last": log.last.report.metrics["val_closure"], "best": math.nan, "test": math.nan}
        best = best_of(log.last.kept, goal)
        if best is None:
            return found
        test = module.evaluate(parsed.config, Path(folder) / best.path, "test")
    at_best = next(row for row in log.rows if row["epoch"] == best.epoch)
    return {
        **found,
        "best": at_best["val_closure"],
        "best_epoch": best.epoch,
        "test": test["test_closure"],
        "test_yield_ratio": test["test_yield_ratio"],
        "test_ff_error": test.get("test_ff_error", math.nan),
    }


def main() -> None:
    """Read the command line, train, write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", nargs="+", help="configs, and KEY=VALUE for all of them")
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--out", type=Path, default=OVER_SEEDS)
    given = parser.parse_args()
    overrides = [word for word in given.config if "=" in word]
    overrides.append("checkpointing.load_checkpoint=null")
    rows = []
    for path in [word for word in given.config if "=" not in word]:
        parsed = load_config(path, overrides)
        for seed in range(given.seeds):
            rows.append({"config": path, "seed": seed, **trained(parsed, seed)})
            sys.stderr.write(f"{rows[-1]}\n")
    pd.DataFrame(rows).to_csv(given.out, index=False, float_format="%.4g")


if __name__ == "__main__":
    main()
