"""A trainable without torch whose curve is known in closed form, and that can fail in every way."""

from __future__ import annotations

import faulthandler
import json
import math
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from trainables.contract import Frozen, Metric, Trial, TrialConfig

PATIENCE_SECONDS = 120.0
"""How long a trial waits for another one before it fails."""


class Trainer(Frozen):
    max_epochs: int = 9
    seconds_per_epoch: float = 0.0


Fault = Literal[
    "none",
    "nan",
    "inf",
    "missing",
    "text",
    "none_value",
    "raise",
    "silent",
    "exit",
    "unpicklable",
    "sys_exit",
    "memory",
    "segfault",
    "deadlock",
]


class Config(TrialConfig):
    x: float = 0.5
    kind: str = "plain"
    y: float = 0.0
    fault: Fault = "none"
    fault_epoch: int = 2
    seconds_to_wind_down: float = 0.0
    stride: int = 1
    """How many epochs lie between two reports."""
    meet: int = 0
    """So many trials have begun before any of them reports its first epoch."""
    take_turns: int = 0
    """So many trials report each epoch one after another, in the order of their numbers."""
    trainer: Trainer = Trainer()

    def max_epochs(self) -> int:
        return self.trainer.max_epochs

    @classmethod
    def arguments(cls, section: str, name: str) -> frozenset[str] | None:
        return None


METRICS = {"score": Metric("max", "x times epoch: known by hand"), "other": Metric("min", "1 - x")}


def check_data(config: Config) -> None:
    del config


def probe(config: Config) -> dict[str, str]:
    return {"all": config.model_dump_json()}


class Unpicklable(Exception):
    def __reduce__(self) -> Any:
        raise TypeError("this exception refuses to travel")


def value(config: Config, epoch: int) -> float:
    return config.x * epoch + config.y


def fit(config: Config, trial: Trial) -> None:
    if config.fault == "silent":
        return
    start = 0
    if trial.resume_from is not None:
        start = json.loads(trial.resume_from.read_text())["epoch"]
    for epoch in range(start + config.stride, config.trainer.max_epochs + 1, config.stride):
        time.sleep(config.trainer.seconds_per_epoch)
        _wait(config, trial, epoch)
        metrics: dict[str, Any] = {"score": value(config, epoch), "other": 1 - config.x}
        if epoch == config.fault_epoch:
            _fail(config.fault, metrics)
        file = trial.directory / "writing.json"
        file.write_text(json.dumps({"epoch": epoch, "x": config.x, "pid": os.getpid()}))
        try:
            trial.report(epoch, metrics, file)
        except SystemExit:
            time.sleep(config.seconds_to_wind_down)
            raise
    _begun(trial, config.trainer.max_epochs + config.stride).touch()


def _begun(trial: Trial, epoch: int, number: int | None = None) -> Path:
    """The file that says that a trial, this one unless said, has come to an epoch.

    `report` returns once the search has decided that the trial goes on: whoever has begun an epoch
    has been heard at the one before.
    """
    trials = [folder for folder in trial.directory.parents if folder.name == "trials"]
    number = trial.number if number is None else number
    # a training alone is no trial among others
    folder = trials[0] / f"{number:05d}" if trials else trial.directory
    return folder / f"begun-{epoch:04d}"


def _wait(config: Config, trial: Trial, epoch: int) -> None:
    _begun(trial, epoch).touch()
    for number in range(config.meet):
        _wait_for(_begun(trial, config.stride, number))
    if config.take_turns and trial.number > 0:
        _wait_for(_begun(trial, epoch + config.stride, trial.number - 1))
    elif config.take_turns:
        _wait_for(_begun(trial, epoch, config.take_turns - 1))


def _wait_for(file: Path) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not file.exists():
        if time.monotonic() > end:
            raise TimeoutError(f"{file} was not there within {PATIENCE_SECONDS:g} s")
        time.sleep(0.01)


def _raise(error: Exception) -> None:
    raise error


def _deadlock() -> None:
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


ENDS: dict[str, Callable[[], object]] = {
    "raise": lambda: _raise(RuntimeError("the trainable gave up")),
    "unpicklable": lambda: _raise(Unpicklable("cannot be pickled")),
    "exit": lambda: os._exit(3),
    "sys_exit": lambda: sys.exit(4),
    "memory": lambda: bytearray(2**62),
    "segfault": lambda: faulthandler._sigsegv(),  # type: ignore[attr-defined]
    "deadlock": _deadlock,
}
"""Faults from which a trial does not come back."""

SAID = {"nan": math.nan, "inf": math.inf, "text": "high", "none_value": None}
"""What is reported in place of the score."""


def _fail(fault: str, metrics: dict[str, Any]) -> None:
    if fault in ENDS:
        ENDS[fault]()
    if fault == "missing":
        del metrics["score"]
    if fault in SAID:
        metrics["score"] = SAID[fault]


def evaluate(config: Config, checkpoint: Path, split: str) -> dict[str, float]:
    epoch = json.loads(checkpoint.read_text())["epoch"]
    prefix = "test_" if split == "test" else ""
    return {f"{prefix}score": value(config, epoch), f"{prefix}other": 1 - config.x}
