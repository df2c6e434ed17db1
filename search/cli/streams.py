"""Output that nobody takes any more: `| head`, a closed terminal, a full disk; the work goes on."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO


@contextmanager
def enduring_streams() -> Iterator[None]:
    """Let stdout and stderr fall silent where writing to them would raise."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (_enduring(stream, fd) for fd, stream in enumerate(before, start=1))
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        sys.stdout, sys.stderr = before


class _Enduring(io.FileIO):
    """A file descriptor that leads nowhere once a write to it has failed."""

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except OSError:
            _lead_nowhere(self.fileno())
            return super().write(data)


def _enduring(stream: TextIO | None, usual: int) -> TextIO:
    if stream is None:
        # Closed by whoever started this process; a file opened later would take its place.
        _lead_nowhere(usual)
        return io.TextIOWrapper(io.BufferedWriter(_Enduring(usual, "w", closefd=False)))
    try:
        raw = _Enduring(stream.fileno(), "w", closefd=False)
    except (OSError, ValueError):
        return stream
    stream.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=stream.encoding,
        errors=stream.errors,
        # PYTHONUNBUFFERED asks for more than lines; lines keep the two streams in their order.
        line_buffering=any(
            getattr(stream, how, False) for how in ("line_buffering", "write_through")
        ),
    )


def _lead_nowhere(fd: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    if nowhere != fd:
        os.dup2(nowhere, fd)
        os.close(nowhere)
