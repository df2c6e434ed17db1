from __future__ import annotations

from typing import Any

import pytest
from ray.air.execution import FixedResourceManager, ResourceRequest
from ray.air.execution._internal import RayActorManager, TrackedActor
from ray.air.execution._internal.tracked_actor_task import TrackedActorTask
from ray.exceptions import OutOfMemoryError, RayActorError, RayTaskError

from search.engine.actors import EnduringActors

# Managers ask Ray what there is, which would start one.
pytestmark = [pytest.mark.ray, pytest.mark.usefixtures("cluster")]

SAID = "1 worker(s) were killed due to the node running low on memory."
OUT_OF_MEMORY = OutOfMemoryError(SAID)  # type: ignore[no-untyped-call]
KNOWN = {
    "worker": RayActorError(),
    "task": RayTaskError("train", "...", ValueError("x")),  # type: ignore[no-untyped-call]
}


def fail(kind: type[RayActorManager], error: Exception) -> tuple[list[Any], list[Any]]:
    """What a manager says of a worker and of its task when the task ends with an error."""
    worker_errors: list[Any] = []
    task_errors: list[Any] = []
    resources = FixedResourceManager({"CPU": 1})
    request = ResourceRequest([{"CPU": 1}])
    resources.request_resources(request)
    manager = kind(resources)
    worker = TrackedActor(1, on_error=lambda _, error: worker_errors.append(error))
    running: Any = (object(), resources.acquire_resources(request))
    manager._live_actors_to_ray_actors_resources[worker] = running
    task = TrackedActorTask(worker, on_error=lambda _, error: task_errors.append(error))
    manager._actor_task_failed(task, error)
    return worker_errors, task_errors


def test_ray_itself_ends_the_search_when_its_monitor_kills_a_worker() -> None:
    with pytest.raises(RuntimeError, match="Caught unexpected exception"):
        fail(RayActorManager, OUT_OF_MEMORY)


def test_a_worker_that_was_killed_for_its_memory_is_a_dead_worker() -> None:
    (worker_error,), (task_error,) = fail(EnduringActors, OUT_OF_MEMORY)
    assert isinstance(worker_error, RayActorError)
    assert task_error is worker_error
    assert str(worker_error) == f"OutOfMemoryError: {SAID}"


@pytest.mark.parametrize("error", KNOWN)
def test_what_ray_knows_is_left_to_it(error: str) -> None:
    assert fail(EnduringActors, KNOWN[error]) == fail(RayActorManager, KNOWN[error])


def test_a_fault_that_is_not_a_loss_is_raised() -> None:
    with pytest.raises(RuntimeError, match="Caught unexpected exception: 7"):
        fail(EnduringActors, ValueError(7))
