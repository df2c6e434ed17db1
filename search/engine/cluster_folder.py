"""The folder of a cluster of ours: short, private, and gone after the driver, however that ends."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from search.engine import reaper
from search.results.access import require_writable

USUAL = Path("/tmp")
COMPILED = "TORCHINDUCTOR_CACHE_DIR"
LONGEST = 24
"""Bytes of its parent: the names of Ray's sockets, up to 82 bytes more, must stay below 107."""


@contextmanager
def cluster_folder() -> Iterator[Path]:
    """A new folder for what a cluster writes.

    A process beside this one removes it, with all that still runs in it, when this one has ended.
    """
    folder = require_parent() / f"tr-{secrets.token_hex(4)}"
    # Before the folder, so that there is no moment at which a SIGKILL would leave it behind.
    watching = _start_reaper(folder)
    try:
        folder.mkdir(mode=0o700)
        _make_temporary(folder)
        yield folder
    finally:
        reaper.remove(str(folder))
        # Not waited for: some processes of Ray's dashboard take two seconds to end.
        assert watching.stdin is not None
        watching.stdin.close()
        watching.poll()


@contextmanager
def marked(folder: Path) -> Iterator[None]:
    """Let every process that is started meanwhile be known as one of the cluster's.

    Its temporary files go with the cluster: some of Ray's processes are ended before they have
    removed theirs. What torch compiles is kept for the next search.
    """
    # Asked before it is changed: Python looks for it once a process.
    usual = Path(tempfile.gettempdir())
    theirs = {
        reaper.MARKER: str(folder),
        "TMPDIR": str(folder / reaper.TEMPORARY),
        COMPILED: os.environ.get(COMPILED) or str(usual / f"torchinductor_{os.getuid()}"),
    }
    before = {name: os.environ.get(name) for name in theirs}
    os.environ.update(theirs)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def _make_temporary(folder: Path) -> None:
    """Where the cluster's processes have their temporary files: where the user wants such files."""
    inside, named = folder / reaper.TEMPORARY, _named()
    if named != folder.parent:
        inside.symlink_to(named / f"{reaper.TEMPORARY}-{folder.name}")
    inside.resolve().mkdir(mode=0o700)


def _named() -> Path:
    return Path(os.environ.get("TMPDIR") or USUAL).absolute()


def _start_reaper(folder: Path) -> subprocess.Popen[bytes]:
    # What Python itself may need to start, and nothing that would mark it as one of the cluster's.
    kept = {k: v for k, v in os.environ.items() if k in ("LD_LIBRARY_PATH", "PATH")}
    return subprocess.Popen(
        [sys.executable, "-I", "-S", reaper.__file__, str(folder), str(os.getpid())],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd="/",
        env=kept,
    )


def require_parent() -> Path:
    """Where the folder of a cluster is made: TMPDIR, or /tmp where that is too long a name.

    **Raises**: UserError if it cannot be written.
    """
    named = _named()
    short = len(os.fsencode(named)) <= LONGEST
    require_writable(named, "name another folder for temporary files (TMPDIR=...)")
    if not short:
        require_writable(USUAL, f"Ray needs it, since {named} is too long for its socket names")
    return named if short else USUAL
