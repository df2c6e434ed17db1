"""A trainable without torch whose curve is known in closed form, and that can fail in every way."""

from __future__ import annotations

import json
import math
import os
import time
from pathlib import Path
from typing import Any, Literal

from trainables.contract import Frozen, Metric, Trial, TrialConfig


class Trainer(Frozen):
    max_epochs: int = 9
    seconds_per_epoch: float = 0.0


Fault = Literal[
    "none", "nan", "inf", "missing", "text", "none_value", "raise", "silent", "exit", "unpicklable"
]


class Config(TrialConfig):
    x: float = 0.5
    kind: str = "plain"
    y: float = 0.0
    fault: Fault = "none"
    fault_epoch: int = 2
    seconds_to_wind_down: float = 0.0
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
    for epoch in range(start + 1, config.trainer.max_epochs + 1):
        time.sleep(config.trainer.seconds_per_epoch)
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


def _fail(fault: str, metrics: dict[str, Any]) -> None:
    if fault == "raise":
        raise RuntimeError("the trainable gave up")
    if fault == "unpicklable":
        raise Unpicklable("cannot be pickled")
    if fault == "exit":
        os._exit(3)
    if fault == "missing":
        del metrics["score"]
    replaced = {"nan": math.nan, "inf": math.inf, "text": "high", "none_value": None}
    if fault in replaced:
        metrics["score"] = replaced[fault]


def evaluate(config: Config, checkpoint: Path, split: str) -> dict[str, float]:
    epoch = json.loads(checkpoint.read_text())["epoch"]
    prefix = "test_" if split == "test" else ""
    return {f"{prefix}score": value(config, epoch), f"{prefix}other": 1 - config.x}
