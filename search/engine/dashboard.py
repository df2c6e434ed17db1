"""Ray's dashboard, kept from asking the world in which cloud it runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

NOWHERE = "http://127.0.0.1:9"
"""The discard port, at which nobody listens."""

PROXIED = dict.fromkeys(("http_proxy", "HTTP_PROXY"), NOWHERE)


@contextmanager
def unasking_dashboard() -> Iterator[None]:
    """Start a cluster meanwhile: what its dashboard asks beyond this machine leads nowhere.

    It calls the metadata services of three clouds, one of them by name, also where the statistics
    that it wants this for are off, and also where only its process without any page is started.
    """
    from ray._private import ray_constants, services

    start = services.start_ray_process

    def started(command: list[str], process_type: str, *args: Any, **options: Any) -> Any:
        if process_type == ray_constants.PROCESS_TYPE_DASHBOARD:
            options["env_updates"] = {**(options.get("env_updates") or {}), **PROXIED}
        return start(command, process_type, *args, **options)

    services.start_ray_process = started
    try:
        yield
    finally:
        services.start_ray_process = start
