"""Tries a cluster as a search would use it; run in a process of its own, which Ray may end."""

from __future__ import annotations

import time
from typing import Any

from search.engine.cluster import (
    prepare_environment,
    prepare_own_cluster,
    require_state_api,
    running_cluster,
)
from search.errors import UserError

TASK_SECONDS = 40


def try_ray(address: str | None) -> dict[str, Any]:
    """Start Ray, or join it, have a worker answer, ask the State API; what was found."""
    begun = time.monotonic()
    prepare_environment()
    if address is None:
        prepare_own_cluster()
    with running_cluster(address, dashboard=True):
        import ray

        task = ray.remote(num_cpus=0)(_answer)
        ray.get(task.remote(), timeout=TASK_SECONDS)
        resources = ray.cluster_resources()  # type: ignore[no-untyped-call]
        return {
            "version": ray.__version__,
            "seconds": time.monotonic() - begun,
            "cpus": resources.get("CPU", 0),
            "gpus": resources.get("GPU", 0),
            "state_api": _state_api_fault(),
        }


def _answer() -> bool:
    return True


def _state_api_fault() -> str | None:
    try:
        require_state_api()
    except UserError as error:
        return error.problems[0].message
    return None
