"""What the disk of the storage means for the record, which is a SQLite file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatch

from search.doctor.check import Site
from search.doctor.finding import Finding, note, ok
from search.doctor.mounts import Mount, mount_of, mounts
from search.doctor.storage import probe_folder

NETWORK = (
    "is a network file system: SQLite's write-ahead log is safe there only while all that read or "
    "write the record run on one machine"
)
LOCAL = "keep the storage on a local disk (--storage DIR) and copy the finished searches"

KINDS: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(
        (
            "nfs",
            "nfs4",
            "cifs",
            "smb*",
            "9p",
            "afs",
            "ceph",
            "lustre",
            "gpfs",
            "beegfs",
            "virtiofs",
        ),
        (NETWORK, LOCAL),
    ),
    **dict.fromkeys(
        ("fuse.s3*", "fuse.gcsfuse", "fuse.goofys", "fuse.rclone", "fuse.blobfuse*"),
        ("is an object store: files cannot be locked or written in place there", LOCAL),
    ),
    "fuse.*": (NETWORK, LOCAL),
    "overlay": (
        "is the writable layer of a container, which is gone with the container",
        "mount a volume and name it: --storage DIR",
    ),
    "tmpfs": ("lies in memory, and is gone at the next boot", "--storage DIR on a disk"),
    "ramfs": ("lies in memory, and is gone at the next boot", "--storage DIR on a disk"),
    "*fat": ("has no journal: a power cut can damage the record", "--storage DIR on another disk"),
}
"""The first pattern that fits tells; other kinds are local disks."""


def examine(site: Site) -> Iterator[Finding]:
    yield judge(mount_of(probe_folder(site.storage), mounts()))


def judge(mount: Mount | None) -> Finding:
    """What the kind of a file system means."""
    if mount is None:
        return ok("this system does not tell its kind")
    for pattern, (text, mend) in KINDS.items():
        if fnmatch(mount.kind, pattern):
            return note(f"{mount.point} ({mount.kind}) {text}", mend)
    return ok(f"{mount.point} ({mount.kind})")
