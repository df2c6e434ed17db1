"""A trainable without torch that tells a witness, outside the record, of every epoch it trained.

Its curve is known in closed form (`tests.faults.curve`), and it hangs on a running state that only
the right checkpoint holds: a trial that goes on from a wrong one reports other numbers after it.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

from tests.faults.trial_faults import Fault, provoke
from trainables.contract import Frozen, Metric, Trial, TrialConfig


class Trainer(Frozen):
    max_epochs: int = 8
    seconds_per_epoch: float = 0.1


class Config(TrialConfig):
    witness: str
    """The folder with the file that is told: a file among the inputs of a search may not change."""
    x: float = 0.5
    y: float = 0.5
    fault: Fault = "none"
    fault_epoch: int = 2
    helper_process: bool = False
    """Start a child, as a data loader does, that outlives this process unless somebody ends it."""
    trainer: Trainer = Trainer()

    def max_epochs(self) -> int:
        return self.trainer.max_epochs

    @classmethod
    def arguments(cls, section: str, name: str) -> frozenset[str] | None:
        return None


METRICS = {
    "score": Metric("max", "a hill over the epochs, and a little of the drift"),
    "drift": Metric("min", "the running state, which halves with each epoch and grows by x/epoch"),
}


def check_data(config: Config) -> None:
    del config


def probe(config: Config) -> dict[str, str]:
    return {"all": config.model_dump_json()}


def metrics_of(config: Config, epoch: int, drift: float) -> dict[str, Any]:
    """What is reported after an epoch: the hill is highest at epoch 3 + 4 y."""
    hill = 1 - (config.x - 0.6) ** 2 - (epoch - 3 - 4 * config.y) ** 2 / 100
    return {"score": hill + drift / 10, "drift": drift}


def fit(config: Config, trial: Trial) -> None:
    epoch, drift = 0, trial.seed % 1000 / 1000
    if trial.resume_from is not None:
        held = json.loads(trial.resume_from.read_text())
        epoch, drift = held["epoch"], held["drift"]
    _tell(config, "began", trial, epoch)
    if config.helper_process:
        subprocess.Popen(["sleep", "3600"])
    for epoch in range(epoch + 1, config.trainer.max_epochs + 1):  # noqa: B020 - it goes on
        time.sleep(config.trainer.seconds_per_epoch)
        drift = drift / 2 + config.x / epoch
        metrics = metrics_of(config, epoch, drift)
        _tell(config, "trained", trial, epoch)
        file = trial.directory / f"epoch-{epoch}.ckpt.part"
        if epoch == config.fault_epoch:
            provoke(config.fault, metrics, file)
        if trial.placement.rank:
            # Of several workers the first alone writes: they share the folder.
            trial.report(epoch, metrics)
            continue
        file.write_text(json.dumps({"epoch": epoch, "drift": drift, "trial": trial.number}))
        trial.report(epoch, metrics, file)


def _tell(config: Config, word: str, trial: Trial, epoch: int) -> None:
    """One line, whole and on disk before anything else happens.

    Of several workers the first has the say; the others only tell that they are there.
    """
    word = "beside" if trial.placement.rank else word
    file = Path(config.witness) / "lines.txt"
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    line = f"{word} {trial.number} {epoch} {os.getpid()} {time.monotonic():.6f}\n"
    os.write(descriptor, line.encode())
    os.fsync(descriptor)
    os.close(descriptor)


def evaluate(config: Config, checkpoint: Path, split: str) -> dict[str, float]:
    held = json.loads(checkpoint.read_text())
    prefix = "test_" if split == "test" else ""
    metrics = metrics_of(config, held["epoch"], held["drift"])
    return {f"{prefix}{name}": value for name, value in metrics.items()}
