"""Ray Tune's workers, without the one death of theirs that would end the whole search."""

from __future__ import annotations

from typing import Any

from ray.air.execution._internal import RayActorManager
from ray.exceptions import RayActorError, RayError, RayTaskError
from ray.tune.execution import tune_controller

KNOWN = (RayActorError, RayTaskError)


class EnduringActors(RayActorManager):
    """Takes whatever Ray says of the loss of a worker for the death of that worker.

    Ray's own manager knows two kinds of errors and raises at any other, such as that of Ray's
    memory monitor, which has killed a single trial.
    """

    def _actor_task_failed(self, tracked_actor_task: Any, exception: Exception) -> None:
        if isinstance(exception, RayError) and not isinstance(exception, KNOWN):
            exception = RayActorError(error_msg=f"{type(exception).__name__}: {exception}")
        super()._actor_task_failed(tracked_actor_task, exception)


def outlive_lost_workers() -> None:
    """Let the searches of this process run on such workers."""
    vars(tune_controller)["RayActorManager"] = EnduringActors
