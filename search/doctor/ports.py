"""The ports at which pages are served, unless a command is given another."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator, Mapping

from search.doctor.check import Site
from search.doctor.finding import Finding, note, ok

PORTS: Mapping[int, tuple[str, str]] = {
    8265: ("the Ray dashboard", "nothing to do: Ray takes the next free one, which is printed"),
    5000: ("tune-track", "tune-track -p PORT"),
    8080: ("tune-watch", "tune-watch NAME -p PORT"),
}


def examine(_: Site) -> Iterator[Finding]:
    yield from judge(PORTS)


def judge(ports: Mapping[int, tuple[str, str]]) -> Iterator[Finding]:
    """Which of them are taken on this machine."""
    taken = [port for port in ports if is_taken(port)]
    for port in taken:
        used_by, mend = ports[port]
        yield note(f"{port} is in use, where {used_by} would serve its page", mend)
    free = [f"{port} ({ports[port][0]})" for port in ports if port not in taken]
    if free:
        yield ok(f"free: {', '.join(free)}")


def is_taken(port: int) -> bool:
    """Whether a server would be refused this port at loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tried:
        # As servers do: a port whose last connections are still winding down is free.
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return True
            raise
    return False
