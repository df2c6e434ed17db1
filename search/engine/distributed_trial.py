"""A trial of several workers: Ray Train places them, Lightning's strategy joins them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import ray.train
from ray._private import ray_constants
from ray.exceptions import RayActorError
from ray.train import FailureConfig, RunConfig, ScalingConfig
from ray.train.torch import TorchConfig, TorchTrainer
from ray.train.v2._internal import constants
from ray.train.v2.api.exceptions import WorkerGroupError
from ray.tune.integration.ray_train import TuneReportCallback

from search.crash_points import reach
from search.engine.bad_ends import ERROR_FILE
from search.engine.titles import show_title
from search.engine.worker import (
    Job,
    directory_of,
    last_message_of,
    message_of,
    open_trial,
    train,
)
from search.results.running_trial import Finished
from trainables.contract import Placement


def run_distributed_trial(config: Mapping[str, Any], job: Mapping[str, Any]) -> None:
    """Drive one trial whose workers are Ray Train's."""
    parsed = Job(**job)
    show_title(parsed.name, config["number"])
    name_our_cluster()
    trainer = TorchTrainer(
        _worker_loop,
        train_loop_config={"config": dict(config), "job": dict(job)},
        torch_config=TorchConfig(backend="nccl" if parsed.gpus else "gloo"),
        scaling_config=scaling(parsed.workers, parsed.cpus, parsed.gpus),
        run_config=RunConfig(
            # Unique for each attempt: Ray Train goes on silently with a run of the same name.
            name=f"{parsed.name}-{config['number']:05d}-{config['attempt']}",
            storage_path=f"{parsed.folder}/ray/train",
            callbacks=[TuneReportCallback()],
            failure_config=FailureConfig(max_failures=0, controller_failure_limit=3),
        ),
    )
    try:
        trainer.fit()
    except WorkerGroupError as error:
        if any(isinstance(failure, RayActorError) for failure in error.worker_failures.values()):
            # A rank died, and what the others wrote is only that they lost their connection.
            (directory_of(config, parsed) / ERROR_FILE).unlink(missing_ok=True)
        raise


def name_our_cluster() -> None:
    """Tell the processes of Ray Train which cluster they belong to.

    The one that frees the workers of a stopped trial asks the State API of the only cluster on this
    machine, and dies where there are two.
    """
    constants.ENV_VARS_TO_PROPAGATE.add(ray_constants.RAY_ADDRESS_ENVIRONMENT_VARIABLE)
    address = ray.get_runtime_context().gcs_address
    os.environ[ray_constants.RAY_ADDRESS_ENVIRONMENT_VARIABLE] = address


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
        ray.train.report(message_of(finished, trial, payload["config"]))
        reach("report-sent")

    placement = placement_here(job.workers, job.cpus, job.gpus)
    trial = open_trial(payload["config"], job, placement, send)
    show_title(job.name, trial.number)
    train(payload["config"], job, trial)
    ray.train.report(last_message_of(trial))
