"""How good is a config, and how much does that depend on the seed? A table in Markdown.

    python -m tests.benchmarks.over_seeds configs/fakes.yaml best/config.yaml --seeds 6

Each config is trained from its start with each seed, in this process. A line gives the metric at
the last epoch, at the best one, and on the test part at the checkpoint of the best one: median,
least and largest over the seeds. What `tune-train CONFIG --seed N
checkpointing.load_checkpoint=null` prints is the same training. Run it from the root of the
repository.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from search.files.config_file import TrainingConfig, load_config
from search.results.follow_up import TrainingLog, best_of, objective_of, open_training
from search.results.trials import Objective
from trainables.contract import Placement, Trainable

COLUMNS = ("last epoch", "best epoch", "test at the best epoch")


def trained(parsed: TrainingConfig, seed: int, metric: str | None) -> tuple[float, ...]:
    """One training: the metric at the last and the best epoch, and on the test part there."""
    module = parsed.trainable.load()
    objective = _objective(module, metric)
    with tempfile.TemporaryDirectory() as folder:
        log = TrainingLog(Path(folder))
        trial = open_training(Path(folder), objective, seed, Placement(), 1, log.write)
        module.fit(parsed.config, trial)
        assert log.last is not None
        last = log.last.report.metrics[objective.metric]
        best = best_of(log.last.kept, objective)
        if best is None:
            return last, math.nan, math.nan
        found = module.evaluate(parsed.config, Path(folder) / best.path, "test")
        return last, best.value, found[objective.metric.replace("val_", "test_", 1)]


def _objective(module: Trainable, metric: str | None) -> Objective:
    if metric is None:
        return objective_of(module.METRICS, None)
    return Objective(metric, module.METRICS[metric].direction)


def line(name: str, values: Sequence[tuple[float, ...]]) -> str:
    """Median, least and largest over the seeds, for each column."""
    cells = []
    for column in zip(*values, strict=True):
        middle = statistics.median(column)
        cells.append(f"{middle:.4g} ({min(column):.4g} .. {max(column):.4g})")
    return f"| {name} | {len(values)} | " + " | ".join(cells) + " |"


def main() -> None:
    """Read the command line, train, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", nargs="+", help="configs, or KEY=VALUE for all of them")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--metric", help="default: the first metric of the trainable")
    given = parser.parse_args()
    overrides = [word for word in given.config if "=" in word]
    overrides.append("checkpointing.load_checkpoint=null")
    lines = [f"| config | seeds | {' | '.join(COLUMNS)} |", "| --- | --- | --- | --- | --- |"]
    for path in [word for word in given.config if "=" not in word]:
        parsed = load_config(path, overrides)
        values = []
        for seed in range(given.seeds):
            values.append(trained(parsed, seed, given.metric))
            numbers = "  ".join(f"{value:.4g}" for value in values[-1])
            sys.stderr.write(f"{path}, seed {seed}: {numbers}\n")
        lines.append(line(path, values))
    print("\n".join(lines))  # noqa: T201


if __name__ == "__main__":
    main()
