"""The one place that knows how the files of a search are called."""

from __future__ import annotations

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from search.errors import refuse
from search.results.access import make_private, require_own, require_writable
from trainables.contract import PICTURES


class Locked(Exception):
    """Another process searches in this folder."""


@dataclass(frozen=True)
class SearchFolder:
    """The folder of one search, `<storage>/<name>`; it can be moved as a whole."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def record(self) -> Path:
        return self.path / "record.db"

    @property
    def trials_csv(self) -> Path:
        return self.path / "trials.csv"

    @property
    def tables(self) -> Path:
        return self.path / "tables"

    @property
    def log(self) -> Path:
        return self.path / "search.log"

    @property
    def ray(self) -> Path:
        return self.path / "ray"

    @property
    def cluster(self) -> Path:
        """Names the folder of the Ray cluster that searches here; not there when none does."""
        return self.path / "cluster"

    def trial(self, number: int) -> Path:
        """The folder of all that a trial leaves: checkpoints, error text, stacks."""
        return self.path / "trials" / f"{number:05d}"

    def attempt(self, number: int, attempt: int) -> Path:
        """Where one attempt at a trial writes; each has its own, since a worker may outlive it."""
        folder = self.trial(number)
        return folder if attempt == 1 else folder / f"attempt-{attempt:02d}"

    def pictures(self, number: int) -> list[Path]:
        """The pictures of all attempts at a trial, those of a later attempt after the earlier."""
        folder = self.trial(number)
        first = sorted((folder / PICTURES).glob("*.png"))
        return [*first, *sorted(folder.glob(f"attempt-*/{PICTURES}/*.png"))]

    def holds_search(self) -> bool:
        """Whether a search was begun here."""
        return self.record.exists()

    def require_own(self) -> None:
        """**Raises**: UserError if anybody else could have written what is here."""
        for path in (self.path, self.record):
            if path.exists():
                require_own(path)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the folder against other searches; the kernel frees it when the process ends.

        Raises:
            Locked: another process holds it; the text names it.
            UserError: the folder cannot be written, or others could have written it.
        """
        self._prepare()
        with (self.path / "lock").open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                file.seek(0)
                holder = file.read().strip() or "an unknown process"
                raise Locked(f"{self.path} is being searched by {holder}") from error
            file.truncate(0)
            file.write(f"process {os.getpid()} on {socket.gethostname()}")
            file.flush()
            yield

    def _prepare(self) -> None:
        self.require_own()
        remedy = "let yourself write here, or give another place with --storage DIR"
        try:
            make_private(self.path)
        except OSError as error:
            raise refuse(str(self.path), f"cannot be made ({error.strerror}); {remedy}") from error
        require_writable(self.path, remedy)
        for file in (self.path / "lock", self.record):
            if file.exists() and not os.access(file, os.W_OK):
                raise refuse(str(file), f"cannot be written; {remedy}")


def open_folder(name_or_path: str, storage: Path) -> SearchFolder:
    """The folder of a search that was begun, by its name or by its path.

    Raises:
        UserError: there is none; the text lists those that are there.
    """
    for path in (Path(name_or_path), storage / name_or_path):
        if SearchFolder(path).holds_search():
            return SearchFolder(path.resolve())
    there = sorted(p.parent.name for p in storage.glob("*/record.db"))
    listed = f"searches in {storage}: {', '.join(there)}" if there else f"no search in {storage}"
    raise refuse(name_or_path, f"no search of this name; {listed}. Give its name, or --storage DIR")


def set_aside(folder: SearchFolder) -> Path | None:
    """Rename an earlier search to `<name>.1`, `.2`, ...; None if none was there.

    **Raises**: Locked if it still runs.
    """
    if not folder.holds_search() and not (folder.path / "trials").exists():
        return None
    number = 1
    while (target := folder.path.with_name(f"{folder.name}.{number}")).exists():
        number += 1
    with folder.lock():
        folder.path.rename(target)
    return target
