"""Ray tells of each worker that died: kept in the log, since the search tells of it itself.

Of a trial whose process ends, by a time-out of ours or by its own fault, the record has the cause
in words of its own. All else that Ray has to say reaches the terminal.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

TOLD_BY_US = ("A worker died or was killed while executing a task",)
"""How these messages of Ray's begin."""

log = logging.getLogger(__name__)
# Below a warning, which Python shows on the terminal where no log is open.
log.setLevel(logging.INFO)


@contextmanager
def deaths_in_the_log() -> Iterator[None]:
    """While this is open, the deaths of workers are logged and not shown."""
    from ray._private import worker

    show = worker.print_to_stdstream

    def pass_on(data: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:
        lines = [line for line in data["lines"] if not _is_told(line)]
        if lines:
            show({**data, "lines": lines}, *args, **kwargs)

    worker.print_to_stdstream = pass_on
    try:
        yield
    finally:
        worker.print_to_stdstream = show


def _is_told(line: str) -> bool:
    if not line.lstrip().startswith(TOLD_BY_US):
        return False
    log.info("Ray says: %s", line)
    return True
