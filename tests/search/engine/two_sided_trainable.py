"""A trainable without torch whose two objectives pull apart, and are known by hand.

    gain = x * epoch          to be large
    cost = x * x * epoch + y  to be small

At epoch `slip_epoch` both are bad, so that every epoch before it is better.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

from trainables.contract import Frozen, Metric, Trial, TrialConfig


class Trainer(Frozen):
    max_epochs: int = 9


class Checkpointing(Frozen):
    save_top_k: int = 1
    load_checkpoint: str | None = None


class Config(TrialConfig):
    x: float = 0.5
    y: float = 0.0
    slip_epoch: int = 0
    nan_epoch: int = 0
    trainer: Trainer = Trainer()
    checkpointing: Checkpointing = Checkpointing()

    def max_epochs(self) -> int:
        return self.trainer.max_epochs

    def keep_checkpoints(self) -> int:
        return self.checkpointing.save_top_k

    @classmethod
    def arguments(cls, section: str, name: str) -> frozenset[str] | None:
        return None


METRICS = {
    "gain": Metric("max", "x times epoch"),
    "cost": Metric("min", "the square of x times epoch, and y"),
}


def check_data(config: Config) -> None:
    del config


def probe(config: Config) -> dict[str, str]:
    return {"all": config.model_dump_json()}


def metrics_at(config: Config, epoch: int) -> dict[str, float]:
    if epoch == config.slip_epoch:
        return {"gain": -1.0, "cost": 1000.0}
    cost = math.nan if epoch == config.nan_epoch else config.x**2 * epoch + config.y
    return {"gain": config.x * epoch, "cost": cost}


def fit(config: Config, trial: Trial) -> None:
    start = 0
    if trial.resume_from is not None:
        start = json.loads(trial.resume_from.read_text())["epoch"]
    for epoch in range(start + 1, config.trainer.max_epochs + 1):
        file = trial.directory / "writing.json"
        file.write_text(json.dumps({"epoch": epoch, "x": config.x}))
        trial.report(epoch, metrics_at(config, epoch), file)


def evaluate(config: Config, checkpoint: Path, split: str) -> dict[str, float]:
    epoch = json.loads(checkpoint.read_text())["epoch"]
    prefix = "test_" if split == "test" else ""
    return {f"{prefix}{name}": v for name, v in metrics_at(config, epoch).items()}
