"""What belongs to a search on this machine outside its folder: processes, temporary folders."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
import uuid
from pathlib import Path

from tests.faults.processes import MARKER, Family

ROOT = Path(__file__).parents[2]
FOREIGN = ("RAY_", "TUNE_", "MLFLOW_", "PYTEST_")
"""What other tests have set in this process and a search must not inherit."""

CACHES = ("torchinductor_",)
"""What a library keeps for next time; its name says so."""

GONE_SECONDS = 30.0
"""How long after the end of a search anything of it may be there (invariant I6)."""


class Remnants:
    """Knows what a search starts and writes elsewhere, and can end all of it."""

    def __init__(self) -> None:
        self._mark = uuid.uuid4().hex
        # Short, since Ray keeps sockets in it.
        self._temporary = Path(tempfile.mkdtemp(prefix="tf-", dir="/tmp"))
        self.family = Family(self._mark)
        self.family.start()

    def environment(self) -> dict[str, str]:
        """What the command is started with, so that all of it can be found again."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(FOREIGN)}
        path = [*os.environ.get("PYTHONPATH", "").split(os.pathsep), str(ROOT)]
        own = {
            "PYTHONPATH": os.pathsep.join(filter(None, path)),
            "TMPDIR": str(self._temporary),
            "COLUMNS": "200",
            MARKER: self._mark,
        }
        return kept | own

    def wait_until_gone(self) -> tuple[str, ...]:
        """What is there half a minute from now, and should not be."""
        deadline = time.monotonic() + GONE_SECONDS
        while (left := self._left()) and time.monotonic() < deadline:
            time.sleep(0.3)
        return left

    def _left(self) -> tuple[str, ...]:
        alive = [
            f"process {p.pid} still runs {GONE_SECONDS:.0f} s after the end: {p.command[:120]}"
            for p in self.family.alive()
        ]
        written = [p for p in self._temporary.glob("*") if not p.name.startswith(CACHES)]
        folders = [*self.family.folders, *written]
        return (*alive, *(f"{folder} is left" for folder in folders if folder.exists()))

    def end(self) -> None:
        """Leave nothing behind, whatever happened."""
        self.family.end()
        for folder in (*self.family.folders, self._temporary):
            shutil.rmtree(folder, ignore_errors=True)
