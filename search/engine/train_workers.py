"""A training outside a search over several workers: Ray Train alone, without Tune."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from search.engine.cluster import prepare_environment, prepare_own_cluster, running_cluster
from search.results.goal import worth_of
from search.results.running_trial import Finished
from search.results.trade_off import goal_of
from search.results.trials import Report, checkpoints_of
from trainables.contract import ConfigError

EPOCHS = "epochs.jsonl"


@dataclass(frozen=True)
class Training:
    """What is trained, as plain data."""

    trainable: str
    trainable_file: str | None
    search_path: tuple[str, ...]
    config: Mapping[str, Any]
    folder: str
    metric: str | Sequence[str]
    mode: str | Sequence[str]
    seed: int
    cpus: int
    gpus: float
    workers: int


def train_over_workers(
    training: Training, address: str | None, listen: Callable[[Finished], None]
) -> None:
    """Train to the end; the epochs are heard when it is over.

    **Raises**: ConfigError if the trainable refuses a value in a worker.
    """
    prepare_environment()
    if address is None:
        prepare_own_cluster()
    with running_cluster(address, dashboard=False):
        from ray.train import RunConfig
        from ray.train.torch import TorchConfig, TorchTrainer
        from ray.train.v2.api.exceptions import WorkerGroupError

        from search.engine.distributed_trial import scaling

        trainer = TorchTrainer(
            _loop,
            train_loop_config=asdict(training),
            torch_config=TorchConfig(backend="nccl" if training.gpus else "gloo"),
            scaling_config=scaling(training.workers, training.cpus, training.gpus),
            run_config=RunConfig(name="train", storage_path=f"{training.folder}/ray"),
        )
        try:
            trainer.fit()
        except WorkerGroupError as error:
            # What a trainable refuses is the user's mistake, in whichever worker it does so.
            for failure in error.worker_failures.values():
                if isinstance(failure, ConfigError):
                    raise failure from None
            raise
        finally:
            for line in _lines(training):
                listen(_finished(json.loads(line)))


def _lines(training: Training) -> list[str]:
    """What the first worker has written of each epoch; Ray Train's driver hears none of it."""
    file = Path(training.folder) / EPOCHS
    return file.read_text().splitlines() if file.is_file() else []


def _finished(message: Mapping[str, Any]) -> Finished:
    kept = checkpoints_of(message["kept"])
    return Finished(Report(**message["report"]), worth_of(message["best"]), kept)


def _loop(payload: dict[str, Any]) -> None:
    import ray.train

    from search.engine.distributed_trial import placement_here
    from search.names import TrainableRef, make_importable
    from search.results.follow_up import open_training

    training = Training(**payload)
    make_importable(training.search_path)
    trainable = TrainableRef(training.trainable, training.trainable_file).load()
    config = trainable.Config.model_validate(dict(training.config))

    def send(finished: Finished) -> None:
        if placement.rank == 0:
            with (Path(training.folder) / EPOCHS).open("a") as file:
                file.write(json.dumps(asdict(finished)) + "\n")
        ray.train.report({"epoch": finished.report.epoch})

    goal = goal_of(training.metric, training.mode)
    placement = placement_here(training.workers, training.cpus, training.gpus)
    keep = config.keep_checkpoints()
    trial = open_training(Path(training.folder), goal, training.seed, placement, keep, send)
    trainable.fit(config, trial)
