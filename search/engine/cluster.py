"""Ray, started for one search: on this machine, behind a token that ends with the search."""

from __future__ import annotations

import logging
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from search.engine.cluster_folder import cluster_folder, marked, require_parent
from search.engine.dashboard import unasking_dashboard
from search.errors import refuse

ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
    "RAY_CHDIR_TO_TRIAL_DIR": "0",
    "RAY_process_group_cleanup_enabled": "1",
    "RAY_AIR_NEW_OUTPUT": "0",
    "RAY_TRAIN_HEALTH_CHECK_INTERVAL_S": "0.5",
    # Several processes import torch meanwhile; a busy machine takes more than the usual minute.
    "RAY_TRAIN_WORKER_GROUP_START_TIMEOUT_S": "300",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "TUNE_DISABLE_AUTO_CALLBACK_LOGGERS": "1",
    "TUNE_DISABLE_SIGINT_HANDLER": "1",
    "TUNE_WARN_EXCESSIVE_EXPERIMENT_CHECKPOINT_SYNC_THRESHOLD_S": "0",
    # A stopped fit winds down before its thread ends; the default, 2 s, fails the next trial.
    "TUNE_FUNCTION_THREAD_TIMEOUT_S": "60",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "5",
    "MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false",
    "DO_NOT_TRACK": "true",
    "PYTHONHASHSEED": "0",
}
"""Set before ray and mlflow are imported; what the user has set himself stays."""

OWN = {
    "RAY_AUTH_MODE": "token",
    # Ray's word for a cluster of this machine alone: without it, it turns 127.0.0.1 into the
    # address that other machines know, and listens there.
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    # A title would overwrite the environment by which the reaper knows the processes.
    "SPT_NOENV": "1",
}
"""Set for a cluster of our own, whatever the user has set for another one."""

OTHERS = ("RAY_ADDRESS", "RAY_AUTH_TOKEN_PATH")
"""Taken away for a cluster of our own: Ray's State API would ask the cluster that they name."""

LOOPBACK = "127.0.0.1"
LOOPBACK_INTERFACE = "lo" if sys.platform == "linux" else "lo0"
OBJECT_STORE_BYTES = 200_000_000


@dataclass(frozen=True)
class Cluster:
    """A running Ray: where its dashboard is, and the token that opens it."""

    address: str
    dashboard_url: str | None
    token: str | None = field(repr=False)
    folder: Path | None = None
    """Where a cluster of our own writes its files."""


def prepare_environment() -> None:
    """Safe and quiet defaults for the libraries that this process and its workers import."""
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)


def prepare_own_cluster() -> None:
    """Keep a cluster of our own on this machine and behind a token; before ray is imported.

    **Raises**: UserError if there is no place for its files.
    """
    require_parent()
    os.environ.update(OWN, RAY_AUTH_TOKEN=_token())
    for name in OTHERS:
        os.environ.pop(name, None)
    os.environ |= dict.fromkeys(("no_proxy", "NO_PROXY"), _spared())
    for library in ("GLOO", "NCCL"):
        os.environ.setdefault(f"{library}_SOCKET_IFNAME", LOOPBACK_INTERFACE)


def _spared() -> str:
    """What is reached without the user's proxy: loopback too, where the State API is asked."""
    said = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    hosts = [host.strip() for host in said.split(",") if host.strip()]
    return ",".join(hosts if LOOPBACK in hosts else [*hosts, LOOPBACK])


@cache
def _token() -> str:
    """New for each process, and one in it: Ray reads it once."""
    return secrets.token_hex(32)


@contextmanager
def running_cluster(
    address: str | None, dashboard: bool, cpus: int | None = None
) -> Iterator[Cluster]:
    """Join the cluster at an address, or start one of our own and end it afterwards."""
    if address is None:
        with _own_cluster(dashboard, cpus) as cluster:
            yield cluster
        return
    import ray

    context = ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    try:
        yield Cluster(address, _http(context.dashboard_url), os.environ.get("RAY_AUTH_TOKEN"))
    finally:
        ray.shutdown()


@contextmanager
def _own_cluster(dashboard: bool, cpus: int | None) -> Iterator[Cluster]:
    import ray

    with cluster_folder() as folder:
        try:
            with marked(folder), unasking_dashboard():
                context = ray.init(
                    address="local",
                    num_cpus=cpus,
                    include_dashboard=dashboard,
                    dashboard_host=LOOPBACK,
                    object_store_memory=OBJECT_STORE_BYTES,
                    log_to_driver=False,
                    logging_level=logging.ERROR,
                    _node_ip_address=LOOPBACK,
                    # Not the folder itself: Ray opens the one that it is given to everybody.
                    _temp_dir=str(folder / "r"),
                )
            url = _http(context.dashboard_url)
            yield Cluster("local", url, os.environ.get("RAY_AUTH_TOKEN"), folder)
        finally:
            ray.shutdown()


def _http(place: str | None) -> str | None:
    return f"http://{place}" if place else None


def require_state_api() -> None:
    """**Raises**: UserError if Ray's State API does not answer."""
    import ray
    from ray.util.state import list_nodes

    # Said, since another Ray may run on this machine.
    address = ray.get_runtime_context().gcs_address
    try:
        list_nodes(address=address, limit=1, timeout=20)
    except Exception as error:
        message = (
            "its State API does not answer, and without it the workers of stopped trials are "
            f"never freed; start that cluster with its dashboard (pip install 'ray[default]'): "
            f"{str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__}"
        )
        raise refuse("the Ray cluster", message) from error
