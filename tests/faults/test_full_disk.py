"""F9: the disk fills up in the middle of a search; with room again, it goes on."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from search.exits import Exit
from tests.faults.given import Begin, Judge, Reference
from tests.faults.mounts import SmallDisk, require
from tests.faults.seeds import seeds
from tests.faults.setup import Setup

MEGABYTES = 32


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    require("mount", "umount")
    disk = SmallDisk(tmp_path / "disk", MEGABYTES)
    yield disk
    disk.remove()


@pytest.mark.row("F9", "a full disk")
@pytest.mark.parametrize("seed", seeds())
def test_a_search_on_a_full_disk_goes_on_when_there_is_room(
    begin: Begin, judge: Judge, reference: Reference, tmp_path: Path, disk: SmallDisk, seed: int
) -> None:
    search = begin(Setup(seed=seed, seconds=0.5))
    search.storage = tmp_path / "disk" / "runs"
    search.environment["TUNE_RUN_FREE_MB"] = "8"
    search.start()
    assert search.wait_for_epochs(random.Random(f"F9/{seed}").randint(2, 10)), search.output()
    filler = disk.fill()
    assert search.wait(Exit.INFRASTRUCTURE) == Exit.INFRASTRUCTURE, search.output()
    said = search.output()
    filler.unlink()
    search.note("disk")
    search.resume()
    search.finish()
    judge(search.evidence(search.setup.expected(reference(seed))))
    assert "free" in said
    assert str(search.storage) in said
