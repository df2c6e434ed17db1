from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import Any

import pytest

from search.engine.cluster import Cluster, prepare_environment
from search.engine.reaper import family
from tests.search.engine.clusters import cluster_of
from tests.search.engine.sockets import is_inside, is_nowhere, sockets_of

TELL_TOKEN = """
import os
from search.engine.cluster import prepare_own_cluster
for _ in range(2):
    prepare_own_cluster()
    print(os.environ["RAY_AUTH_TOKEN"], os.environ["RAY_AUTH_MODE"], end=" ")
    print("RAY_AUTH_TOKEN_PATH" in os.environ)
"""


def told(**environment: str) -> list[str]:
    command = [sys.executable, "-c", TELL_TOKEN]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env=os.environ | environment
    )
    return done.stdout.splitlines()


def test_each_process_has_a_token_of_its_own_and_keeps_it() -> None:
    # What the user has set is meant for another cluster.
    given = {"RAY_AUTH_TOKEN": "mine", "RAY_AUTH_MODE": "disabled", "RAY_AUTH_TOKEN_PATH": "/x"}
    first, second = told(**given), told(**given)
    assert first[0] == first[1]
    assert first[0] != second[0]
    token, mode, path = first[0].split()
    # 32 random bytes in hexadecimal digits
    assert len(bytes.fromhex(token)) == 32
    assert (mode, path) == ("token", "False")


def test_the_token_is_not_printed_with_the_cluster() -> None:
    assert "s3cret" not in repr(Cluster("local", None, "s3cret"))


def test_telemetry_is_off_unless_the_user_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RAY_USAGE_STATS_ENABLED", raising=False)
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "false")
    prepare_environment()
    assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0"
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "false"


LISTENS_EVERYWHERE = ("ray::RayTrainWorker",)
"""Torch's rendezvous listens on every address, and has no option for another one."""


def _train_until_told(config: dict[str, Any]) -> None:
    from pathlib import Path

    import ray.train
    import torch

    done = torch.ones(1)
    torch.distributed.all_reduce(done)
    rank = torch.distributed.get_rank()
    Path(config["folder"], f"rank{rank}").touch()
    while not Path(config["folder"], "done").exists():
        pass
    ray.train.report({"sum": float(done)})


@pytest.mark.ray
@pytest.mark.slow
def test_several_workers_listen_beyond_this_machine_in_one_known_place(
    cluster: Cluster, tmp_path: Any
) -> None:
    from ray.train import RunConfig, ScalingConfig
    from ray.train.torch import TorchConfig, TorchTrainer

    trainer = TorchTrainer(
        _train_until_told,
        train_loop_config={"folder": str(tmp_path)},
        torch_config=TorchConfig(backend="gloo"),
        scaling_config=ScalingConfig(num_workers=2, resources_per_worker={"CPU": 0.5}),
        run_config=RunConfig(name="toy", storage_path=str(tmp_path / "ray")),
    )
    thread = threading.Thread(target=trainer.fit)
    thread.start()
    while len(list(tmp_path.glob("rank*"))) < 2 and thread.is_alive():
        thread.join(0.2)
    members = {process.pid for process in family(str(cluster_of(os.getpid())))}
    found = sockets_of(members | {os.getpid()})
    (tmp_path / "done").touch()
    thread.join()
    listening = [one for one in found if one.listens and not is_inside(one.local)]
    assert {one.process for one in listening} == set(LISTENS_EVERYWHERE)
    assert [one for one in found if not (is_nowhere(one.peer) or is_inside(one.peer))] == []
