"""A trainable that needs a password, tells it when it fails, and leaves processes behind."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
import time
from pathlib import Path

from trainables.contract import Frozen, Metric, Trial, TrialConfig

PASSWORD = "hunter22-hunter22"
STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)"


class Data(Frozen):
    password: str = ""
    url: str = ""


class Config(TrialConfig):
    fault: bool = False
    children: bool = False
    epochs: int = 3
    seconds_per_epoch: float = 0.0
    data: Data = Data()

    def max_epochs(self) -> int:
        return self.epochs

    @classmethod
    def arguments(cls, section: str, name: str) -> frozenset[str] | None:
        return None


METRICS = {"score": Metric("max", "the epoch")}


def check_data(config: Config) -> None:
    del config


def probe(config: Config) -> dict[str, str]:
    return {"all": config.model_dump_json()}


def fit(config: Config, trial: Trial) -> None:
    if config.fault:
        raise RuntimeError(f"{config.data.url} refuses {config.data.password}")
    if config.children:
        begin_children(trial.directory)
    for epoch in range(1, config.epochs + 1):
        time.sleep(config.seconds_per_epoch)
        file = trial.directory / "writing"
        file.write_text(str(epoch))
        trial.report(epoch, {"score": float(epoch)}, file)


def begin_children(directory: Path) -> None:
    """As a loader of data does; and two that do all they can to outlive their parent."""
    fork = multiprocessing.get_context("fork").Process(target=time.sleep, args=(600,))
    fork.start()
    pids = [fork.pid]
    for session in (False, True):
        words = [sys.executable, "-I", "-S", "-c", STUBBORN]
        pids.append(subprocess.Popen(words, env={}, start_new_session=session).pid)
    (directory / "children").write_text(" ".join(map(str, pids)))


def evaluate(config: Config, checkpoint: Path, split: str) -> dict[str, float]:
    if config.data.password != PASSWORD:
        raise PermissionError("the password is wrong")
    prefix = "test_" if split == "test" else ""
    return {f"{prefix}score": float(checkpoint.read_text())}
