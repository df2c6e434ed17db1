"""A trial of several workers: Ray Train places them, Lightning's strategy joins them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ray.train
from ray.train import FailureConfig, RunConfig, ScalingConfig
from ray.train.torch import TorchConfig, TorchTrainer
from ray.tune.integration.ray_train import TuneReportCallback

from search.engine.titles import show_title
from search.engine.worker import Job, last_message_of, message_of, open_trial, train
from search.results.running_trial import Finished
from trainables.contract import Placement


def run_distributed_trial(config: Mapping[str, Any], job: Mapping[str, Any]) -> None:
    """Drive one trial whose workers are Ray Train's."""
    parsed = Job(**job)
    show_title(parsed.name, config["number"])
    trainer = TorchTrainer(
        _worker_loop,
        train_loop_config={"config": dict(config), "job": dict(job)},
        torch_config=TorchConfig(backend="nccl" if parsed.gpus else "gloo"),
        scaling_config=scaling(parsed.workers, parsed.cpus, parsed.gpus),
        run_config=RunConfig(
            # Unique for each trial: Ray Train goes on silently with a run of the same name.
            name=f"{parsed.name}-{config['number']:05d}",
            storage_path=f"{parsed.folder}/ray/train",
            callbacks=[TuneReportCallback()],
            failure_config=FailureConfig(max_failures=0, controller_failure_limit=3),
        ),
    )
    trainer.fit()


def scaling(workers: int, cpus: int, gpus: float) -> ScalingConfig:
    """How many workers Ray Train starts, and what each of them gets."""
    resources = {"CPU": float(cpus)} | ({"GPU": float(gpus)} if gpus else {})
    return ScalingConfig(num_workers=workers, use_gpu=bool(gpus), resources_per_worker=resources)


def placement_here(workers: int, cpus: int, gpus: float) -> Placement:
    """Where this process of Ray Train stands, in Lightning's words."""
    from ray.train.lightning import RayDDPStrategy, RayLightningEnvironment

    return Placement(
        cpus=cpus,
        gpus=gpus,
        workers=workers,
        rank=ray.train.get_context().get_world_rank(),
        trainer={
            "accelerator": "gpu" if gpus else "cpu",
            "devices": "auto" if gpus else 1,
            "strategy": RayDDPStrategy(),
            "plugins": [RayLightningEnvironment()],
        },
    )


def _worker_loop(payload: dict[str, Any]) -> None:
    job = Job(**payload["job"])

    def send(finished: Finished) -> None:
        ray.train.report(message_of(finished, trial.planned_epochs))

    placement = placement_here(job.workers, job.cpus, job.gpus)
    trial = open_trial(payload["config"], job, placement, send, None)
    show_title(job.name, trial.number)
    train(payload["config"], job, trial)
    ray.train.report(last_message_of(trial))
