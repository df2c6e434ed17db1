from __future__ import annotations

from pathlib import Path

import pytest

from search.doctor import file_system
from search.doctor.check import Site
from search.doctor.file_system import judge
from search.doctor.finding import Grade
from search.doctor.mounts import mount_of

# Lines as the kernel writes them.
TABLE = r"""
/dev/vda / ext4 rw,relatime,discard 0 0
overlay /var/lib/box overlay rw,relatime,lowerdir=/l,upperdir=/u,workdir=/w 0 0
server:/export /data nfs4 rw,relatime,vers=4.2,hard,proto=tcp,sec=sys 0 0
me@host:/home /mnt/far\040away fuse.sshfs rw,nosuid,nodev,relatime,user_id=0 0 0
tmpfs /run tmpfs rw,nosuid,nodev,noexec,size=2468244k 0 0
s3 /bucket fuse.s3fs rw,nosuid,nodev 0 0
/dev/vdb /data/fast xfs rw,relatime 0 0
/dev/vdc /run tmpfs rw,nosuid 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind", "grade"),
    [
        ("/home/me/runs", "ext4", Grade.OK),
        ("/data/runs", "nfs4", Grade.NOTE),
        ("/database/runs", "ext4", Grade.OK),
        ("/data/fast/runs", "xfs", Grade.OK),
        ("/mnt/far away/runs", "fuse.sshfs", Grade.NOTE),
        ("/var/lib/box/runs", "overlay", Grade.NOTE),
        ("/bucket", "fuse.s3fs", Grade.NOTE),
        ("/run/runs", "tmpfs", Grade.NOTE),
    ],
)
def test_the_kind_of_a_disk_tells_what_it_is_good_for(path: str, kind: str, grade: Grade) -> None:
    mount = mount_of(Path(path), TABLE)
    assert mount is not None
    assert mount.kind == kind
    found = judge(mount)
    assert found.grade is grade
    assert f"({kind})" in found.text


def test_a_network_is_told_with_its_danger_and_the_way_out() -> None:
    found = judge(mount_of(Path("/data"), TABLE))
    assert "write-ahead log is safe there only while" in found.text
    assert "--storage DIR" in found.mend


def test_of_two_file_systems_at_one_place_the_later_shows() -> None:
    mount = mount_of(Path("/run"), TABLE)
    assert mount is not None
    assert "noexec" not in mount.options


def test_a_system_without_a_table_is_no_fault() -> None:
    assert judge(mount_of(Path("/data"), "")).grade is Grade.OK


def test_the_disk_of_this_machine_is_known(site: Site) -> None:
    (found,) = file_system.examine(site)
    assert found.text != "this system does not tell its kind"
