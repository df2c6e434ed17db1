"""Who may read and write a folder: private when we make it, refused when others could change it."""

from __future__ import annotations

import os
import pwd
import stat
import tempfile
from pathlib import Path

from search.errors import refuse


def make_private(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for this user alone.

    What lies in it needs no care then; `chmod g+rx` opens it to a group.
    """
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(mode=0o700, exist_ok=True)


def require_own(path: Path) -> None:
    """A record names code that is run and files that are loaded: nobody else may have written it.

    **Raises**: UserError if the path is another user's, or can be written by everybody.
    """
    found = path.stat()
    if found.st_uid != os.geteuid():
        message = (
            f"belongs to {_name(found.st_uid)}, and what a search holds is run: whoever wrote it "
            "could run anything as you; if you trust it, copy it (cp -r) and name the copy"
        )
        raise refuse(str(path), message)
    if found.st_mode & stat.S_IWOTH:
        message = (
            "everybody on this machine can write here, and what a search holds is run; if nobody "
            f"has changed it: chmod -R o-w {path}"
        )
        raise refuse(str(path), message)


def require_writable(folder: Path, remedy: str) -> None:
    """Found out by writing: a mode says nothing of quotas and of how a disk is mounted.

    **Raises**: UserError with the folder, what the system says, and what to do about it.
    """
    if (fault := write_fault(folder)) is not None:
        raise refuse(str(folder), f"cannot be written ({fault}); {remedy}")


def write_fault(folder: Path) -> str | None:
    """What the system says to a new file in a folder, or None."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as error:
        return (error.strerror or str(error)).lower()


def _name(uid: int) -> str:
    try:
        return f"the user {pwd.getpwuid(uid).pw_name}"
    except KeyError:
        return f"the user {uid}"
