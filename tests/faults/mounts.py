"""What only the system can do to a folder: make it small, or read-only."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

IN_A_NAMESPACE = ("unshare", "-m", "sh", "-ec")
"""Runs a line of shell whose mounts nobody else sees, and that are gone with it."""


def require(*tools: str) -> None:
    """Skip, saying what is missing, where this machine cannot do it."""
    if os.geteuid() != 0:
        pytest.skip("needs root")
    for tool in tools:
        if shutil.which(tool) is None:
            pytest.skip(f"needs {tool}")
    tried = subprocess.run([*IN_A_NAMESPACE, "true"], capture_output=True, check=False)
    if tried.returncode:
        pytest.skip(f"this machine allows no mounts: {tried.stderr.decode().strip()}")


def read_only(folder: Path) -> tuple[str, ...]:
    """The prefix of a command that finds a folder read-only."""
    line = 'mount --bind "$0" "$0"; mount -o remount,ro,bind "$0"; exec "$@"'
    return (*IN_A_NAMESPACE, line, str(folder))


def small_shared_memory(megabytes: int) -> tuple[str, ...]:
    """The prefix of a command that finds little room in /dev/shm."""
    line = f'mount -t tmpfs -o size={megabytes}m tmpfs /dev/shm; exec "$0" "$@"'
    return (*IN_A_NAMESPACE, line)


def offline() -> tuple[str, ...]:
    """The prefix of a command that finds no network but the loopback."""
    return ("unshare", "-n", "sh", "-ec", 'ip link set lo up; exec "$0" "$@"')


class SmallDisk:
    """A disk of a few megabytes at a folder, seen by everyone until it is removed."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        made = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)],
            capture_output=True,
            check=False,
        )
        if made.returncode:
            pytest.skip(f"this machine allows no mounts: {made.stderr.decode().strip()}")

    def fill(self) -> Path:
        """Take all the room that is left; the file that takes it."""
        file = self._folder / "filler"
        with file.open("wb") as taken:
            try:
                while True:
                    os.write(taken.fileno(), bytes(4096))
            except OSError:
                return file

    def remove(self) -> None:
        """Unmount it."""
        subprocess.run(["umount", "--lazy", str(self._folder)], check=True)
