"""The trial that every trial of the benchmark is like: 12 parameters, 20 epochs, 2 kB of config."""

from __future__ import annotations

import math
import random
import time
from dataclasses import asdict
from typing import Any

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

from search.engine.record_words import BEGIN, END, PREFIX, Committed
from search.results.trials import Checkpoint, Objective, Report, State
from tests.benchmarks.record_candidates import Opened

EPOCHS = 20
OBJECTIVE = Objective("val_auc", "max")
METRICS = ("val_auc", *(f"val_metric_{n}" for n in range(6)), "train_loss", "lr", "epoch_seconds")
CONFIG = {f"section_{n // 8}.argument_{n:02d}": round(n / 7, 12) for n in range(50)}

SPACE: dict[str, BaseDistribution] = {
    **{f"choice.{n}": CategoricalDistribution(["a", "b", "c", "d"]) for n in range(3)},
    **{f"float.{n}": FloatDistribution(1e-5, 1e-1, log=True) for n in range(6)},
    **{f"int.{n}": IntDistribution(1, 512) for n in range(3)},
}

MANIFEST: dict[str, Any] = {
    "search": {"metric": OBJECTIVE.metric, "mode": OBJECTIVE.mode, "name": "search", "trials": 1},
    "parameters": list(SPACE),
    "choices": [name for name in SPACE if name.startswith("choice")],
    "max_epochs": EPOCHS,
}


def draw(name: str, generator: random.Random) -> float:
    """A random value of a parameter, as Optuna stores it."""
    domain = SPACE[name]
    if isinstance(domain, CategoricalDistribution):
        return float(generator.randrange(len(domain.choices)))
    if isinstance(domain, FloatDistribution):
        return math.exp(generator.uniform(math.log(domain.low), math.log(domain.high)))
    assert isinstance(domain, IntDistribution)
    return float(generator.randint(domain.low, domain.high))


def epoch_of(epoch: int, generator: random.Random) -> Committed:
    """What is committed after an epoch: its report and the checkpoints that are kept, 1 kB."""
    kept = dict.fromkeys((max(1, epoch // 2), max(1, epoch - 1), epoch))
    checkpoints = tuple(
        Checkpoint(
            f"trials/00000/epoch={n:04d}.ckpt", n, generator.random(), generator.randbytes(32).hex()
        )
        for n in kept
    )
    metrics = {name: generator.random() for name in METRICS}
    report = Report(epoch, round(epoch * 3.21, 3), metrics)
    return Committed(report, metrics[OBJECTIVE.metric], checkpoints)


def entry_of(epoch: int, generator: random.Random) -> dict[str, Any]:
    """The same as it lies in the one attribute that commits it."""
    return asdict(epoch_of(epoch, generator))


def suggest(trial: optuna.Trial) -> None:
    """Ask for every parameter, as the searcher does."""
    for name, domain in SPACE.items():
        if isinstance(domain, CategoricalDistribution):
            trial.suggest_categorical(name, list(domain.choices))
        elif isinstance(domain, FloatDistribution):
            trial.suggest_float(name, domain.low, domain.high, log=domain.log)
        elif isinstance(domain, IntDistribution):
            trial.suggest_int(name, domain.low, domain.high)


def live(at: Opened, generator: random.Random) -> None:
    """One whole trial as the record writes it, whatever storage it lies in."""
    at.storage.set_study_system_attr(at.study_id, f"{PREFIX}manifest", MANIFEST)
    trial = at.study.ask()
    key = trial._trial_id
    for name, distribution in SPACE.items():
        at.storage.set_trial_param(key, name, draw(name, generator), distribution)
    point = at.storage.get_trial(key).params
    begun: dict[str, Any] = {
        "point": point,
        "seed": trial.number,
        "config": CONFIG,
        "started": time.time(),
    }
    at.storage.set_trial_system_attr(key, f"{PREFIX}{BEGIN}", begun)
    for epoch in range(1, EPOCHS + 1):
        entry = entry_of(epoch, generator)
        at.commit(trial.number, epoch, entry, entry["best"])
    ended = {"state": State.COMPLETE.value, "cause": None, "kept": None}
    at.storage.set_trial_system_attr(key, f"{PREFIX}{END}", ended)
    at.storage.set_trial_user_attr(key, "state", State.COMPLETE.value)
    at.study.tell(trial, entry["best"])
