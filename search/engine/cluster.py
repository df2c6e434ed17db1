"""Ray, started for one search: on this machine, behind a token that ends with the search."""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from search.errors import refuse

ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
    "RAY_CHDIR_TO_TRIAL_DIR": "0",
    "RAY_process_group_cleanup_enabled": "1",
    "RAY_AIR_NEW_OUTPUT": "0",
    "RAY_TRAIN_HEALTH_CHECK_INTERVAL_S": "0.5",
    "RAY_TRAIN_WORKER_GROUP_START_TIMEOUT_S": "60",
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

OBJECT_STORE_BYTES = 200_000_000


@dataclass(frozen=True)
class Cluster:
    """A running Ray: where its dashboard is, and the token that opens it."""

    address: str
    dashboard_url: str | None
    token: str | None


def prepare_environment() -> None:
    """Safe and quiet defaults for the libraries that this process and its workers import."""
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)


def require_token() -> None:
    """Have a cluster of our own ask for a token, new for each process; before ray is imported."""
    os.environ.setdefault("RAY_AUTH_MODE", "token")
    os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))


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
    # Short on purpose: Ray's socket names in it must stay below 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="tr-", dir="/tmp"))
    import ray

    try:
        context = ray.init(
            address="local",
            num_cpus=cpus,
            include_dashboard=dashboard,
            dashboard_host="127.0.0.1",
            object_store_memory=OBJECT_STORE_BYTES,
            log_to_driver=False,
            logging_level=logging.ERROR,
            _temp_dir=str(folder),
        )
        url = _http(context.dashboard_url)
        yield Cluster("local", url, os.environ.get("RAY_AUTH_TOKEN"))
    finally:
        ray.shutdown()
        shutil.rmtree(folder, ignore_errors=True)


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
