"""Which file system a folder lies on, as the kernel lists them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

TABLE = Path("/proc/mounts")
_OCTAL = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True)
class Mount:
    """One mounted file system."""

    point: Path
    kind: str
    options: frozenset[str]


def mount_of(path: Path, table: str) -> Mount | None:
    """The file system of a resolved path; of several at one place the last one shows."""
    found: Mount | None = None
    for mount in map(_read, table.splitlines()):
        if mount is None or not path.is_relative_to(mount.point):
            continue
        if found is None or len(mount.point.parts) >= len(found.point.parts):
            found = mount
    return found


def mounts() -> str:
    """The kernel's table; empty where there is none."""
    try:
        return TABLE.read_text(errors="surrogateescape")
    except OSError:
        return ""


def _read(line: str) -> Mount | None:
    fields = line.split(" ")
    if len(fields) < 4:
        return None
    # Spaces and the like stand there as octal numbers.
    point = _OCTAL.sub(lambda found: chr(int(found[1], 8)), fields[1])
    return Mount(Path(point), fields[2], frozenset(fields[3].split(",")))
