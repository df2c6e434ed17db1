"""The port at which a command serves its page: a number that can be one, and that is free."""

from __future__ import annotations

import errno
import socket
from collections.abc import Mapping
from typing import Any

from search.errors import UserError, refuse

HIGHEST = 65535

REASONS: Mapping[int, str] = {
    errno.EADDRINUSE: "is in use on this machine, perhaps by another page that still runs",
    errno.EACCES: "is one that only root may open",
}


def parse_port(text: Any) -> int:
    """The number of a port. **Raises**: UserError if it cannot be one."""
    try:
        number = int(str(text))
    except ValueError:
        number = 0
    if not 1 <= number <= HIGHEST:
        raise refuse("--port", f"{str(text)!r} is no port; give a whole number from 1 to {HIGHEST}")
    return number


def require_free(port: int) -> None:
    """**Raises**: UserError if nothing can be served at this port of this machine."""
    error = _fault(port)
    if error is None:
        return
    reason = REASONS.get(error.errno or 0, f"cannot be opened ({error.strerror})")
    raise _taken(port, reason)


def _taken(port: int, reason: str) -> UserError:
    later = range(max(port, 1024) + 1, HIGHEST + 1)
    free = next((other for other in later if _fault(other) is None), None)
    advice = f"; give another, such as -p {free}" if free else "; give another with -p"
    return refuse("--port", f"{port} {reason}{advice}")


def _fault(port: int) -> OSError | None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tried:
        # As servers do: a port whose last connections are still winding down is free.
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError as error:
            return error
    return None
