"""Whether anything answers at a port of a machine, said within seconds."""

from __future__ import annotations

import socket

PATIENCE_SECONDS = 5.0


def reach_fault(host: str, port: int) -> str | None:
    """What the system says to a connection, or None."""
    try:
        with socket.create_connection((host, port), timeout=PATIENCE_SECONDS):
            return None
    except TimeoutError:
        return f"no answer from {host}:{port} within {PATIENCE_SECONDS:.0f} s"
    except OSError as error:
        return f"{(error.strerror or str(error)).lower()} ({host}:{port})"
