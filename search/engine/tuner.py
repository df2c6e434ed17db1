"""Ray's Tuner for a search: who runs where, on what, and how many at a time."""

from __future__ import annotations

import math
import os
import sys
from dataclasses import asdict

import ray
from ray import tune
from ray.tune import Stopper
from ray.tune.experiment import Trial as RayTrial
from ray.tune.schedulers import TrialScheduler

from search.engine.actors import outlive_lost_workers
from search.engine.asha import Curves
from search.engine.distributed_trial import run_distributed_trial
from search.engine.local_trial import run_local_trial
from search.engine.recorder import Recorder
from search.engine.schedulers import build_front_scheduler, build_scheduler
from search.engine.searcher import RecordSearcher
from search.engine.worker import Job
from search.load import Search
from search.results.folder import SearchFolder
from search.results.trade_off import TradeOff, goal_of
from search.spec import HANDS_OVER

DRIVER_BYTES = 1_000_000
PENDING = "TUNE_MAX_PENDING_TRIALS_PG"


def concurrency(search: Search) -> int:
    """How many trials run at once: as many as fit, so that none waits for what another holds."""
    available: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
    needs = {
        "CPU": search.resources.cpus * search.resources.workers,
        "GPU": search.resources.gpus * search.resources.workers,
    }
    fits = [available.get(kind, 0) / amount for kind, amount in needs.items() if amount]
    most = max(1, math.floor(min(fits) + 1e-9))
    return min(most, search.spec.max_concurrent or most)


def build_tuner(
    search: Search,
    folder: SearchFolder,
    searcher: RecordSearcher,
    recorder: Recorder,
    stopper: Stopper,
    curves: Curves,
) -> tune.Tuner:
    """Ray's Tuner; it decides who runs where and who stops, and owns no result."""
    outlive_lost_workers()
    spec = search.spec
    scheduler = _scheduler(search, curves)
    local, pausing = search.resources.workers == 1, spec.scheduler.name == "hyperband"
    # A bracket of Hyperband compares the trials that are there: all of them, waiting or paused.
    _limit_pending(spec.trials if pausing else None)
    function = run_local_trial if local else run_distributed_trial
    resources = {"cpu": search.resources.cpus, "gpu": search.resources.gpus}
    # The driver of a distributed trial only waits: a trace of memory, since a part of a CPU would
    # leave too few for its workers, and Ray refuses to place what asks for nothing.
    resources = resources if local else {"memory": DRIVER_BYTES}
    trainable = tune.with_parameters(function, job=asdict(job_of(search, folder)))
    trainable.__name__ = f"{spec.name}_trial"
    return tune.Tuner(
        tune.with_resources(trainable, resources),
        param_space={},
        tune_config=tune.TuneConfig(
            search_alg=searcher,
            scheduler=scheduler,
            num_samples=-1,
            # Ray counts paused trials too, and a bracket of Hyperband fills up with them.
            max_concurrent_trials=spec.max_concurrent if pausing else concurrency(search),
            reuse_actors=local,
            trial_name_creator=_name,
            trial_dirname_creator=_name,
        ),
        run_config=tune.RunConfig(
            name="tune",
            storage_path=str(folder.ray.resolve()),
            callbacks=[recorder],
            stop=stopper,
            verbose=0,
        ),
    )


def _scheduler(search: Search, curves: Curves) -> TrialScheduler:
    spec, epochs = search.spec, search.max_epochs()
    goal = goal_of(spec.metric, spec.mode)
    if isinstance(goal, TradeOff):
        return build_front_scheduler(spec.scheduler, epochs, goal, curves)
    (only,) = goal.parts
    return build_scheduler(spec.scheduler, search.space, epochs, only.mode, spec.seed, curves)


def _limit_pending(trials: int | None) -> None:
    """How many trials may wait for room; None is what Ray thinks fit."""
    os.environ.pop(PENDING, None)
    if trials is not None:
        os.environ[PENDING] = str(trials)


def _name(trial: RayTrial) -> str:
    return f"trial_{trial.config['number']:05d}_{trial.config['attempt']}"


def job_of(search: Search, folder: SearchFolder) -> Job:
    """What every trial of the search has in common."""
    return Job(
        name=search.spec.name,
        folder=str(folder.path.resolve()),
        trainable=search.trainable.text,
        trainable_file=search.trainable.file,
        search_path=tuple(path for path in sys.path if path),
        base=search.base,
        blocks=search.space.blocks(),
        metric=search.spec.metric,
        mode=search.spec.mode,
        cpus=search.resources.cpus,
        gpus=search.resources.gpus,
        workers=search.resources.workers,
        hands_over=search.spec.scheduler.name in HANDS_OVER,
        trial_timeout=search.spec.trial_timeout,
        report_timeout=search.spec.report_timeout,
    )
