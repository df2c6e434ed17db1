"""F23, F25, F31: folders that cannot be written, were moved, have odd names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from search.exits import Exit
from tests.faults.cut_off import cut_off
from tests.faults.given import Begin, Judge, Reference
from tests.faults.mounts import read_only, require
from tests.faults.search_process import SearchProcess
from tests.faults.seeds import seeds
from tests.faults.setup import Setup


@pytest.mark.row("F23", "a read-only storage or temporary folder")
@pytest.mark.faults
@pytest.mark.parametrize("place", ["storage", "temporary"])
def test_a_folder_that_cannot_be_written_is_named_before_ray_starts(
    begin: Begin, place: str
) -> None:
    require("mount", "unshare")
    search = begin(Setup())
    search.storage.mkdir()
    folder = search.storage if place == "storage" else Path(search.environment["TMPDIR"])
    search.prefix = read_only(folder)
    search.start()
    assert search.wait(Exit.BAD_INPUT) == Exit.BAD_INPUT, search.output()
    assert str(folder) in search.output()
    assert search.remnants.family.find("raylet") is None


@pytest.mark.row("F23", "a read-only working folder, no home")
@pytest.mark.faults
@pytest.mark.parametrize("place", ["working", "home"])
def test_a_folder_that_is_not_needed_may_be_read_only(
    begin: Begin, judge: Judge, reference: Reference, tmp_path: Path, place: str
) -> None:
    search = begin(Setup())
    if place == "home":
        search.environment["HOME"] = "/nonexistent"
    else:
        require("mount", "unshare")
        search.working = tmp_path / "working"
        search.working.mkdir()
        search.prefix = read_only(search.working)
    search.start()
    assert search.wait(0) == 0, search.output()
    judge(search.evidence(search.setup.expected(reference(0))))


def move(search: SearchProcess, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere" / "moved"
    target.parent.mkdir()
    search.storage.rename(target)
    search.storage = target


def move_behind_a_link(search: SearchProcess, tmp_path: Path) -> None:
    before = search.storage
    move(search, tmp_path)
    before.symlink_to(search.storage)
    search.storage = before


def work_elsewhere(search: SearchProcess, tmp_path: Path) -> None:
    move(search, tmp_path)
    search.working = tmp_path / "other"
    search.working.mkdir()
    search.storage = Path(os.path.relpath(search.storage, search.working))


MOVES = (move, move_behind_a_link, work_elsewhere)


@pytest.mark.row("F25", "moved between kill and resume; behind a link; from another folder")
@pytest.mark.parametrize("seed", seeds(most=9))
def test_a_moved_search_goes_on(
    begin: Begin, judge: Judge, reference: Reference, tmp_path: Path, seed: int
) -> None:
    search = begin(Setup(seed=seed))
    cut_off(search, epochs=3 + seed % 9)
    MOVES[seed % len(MOVES)](search, tmp_path)
    search.resume()
    search.finish()
    search.storage = search.working / search.storage
    judge(search.evidence(search.setup.expected(reference(seed))))


NAMES = ("ü x", "日本 ~'$HOME\" & co", "long" * 40)


@pytest.mark.row("F31", "spaces, quotes, other scripts, 160 bytes in the names of folders")
@pytest.mark.parametrize("seed", seeds(most=3))
def test_odd_names_are_names(
    begin: Begin, judge: Judge, reference: Reference, tmp_path: Path, seed: int
) -> None:
    search = begin(Setup(seed=seed))
    search.storage = tmp_path / NAMES[seed % len(NAMES)] / "runs"
    search.start()
    assert search.wait_for_epochs(5), search.output()
    search.process.terminate()  # type: ignore[union-attr]
    assert search.wait(Exit.TERMINATED) == Exit.TERMINATED, search.output()
    search.note("driver")
    search.resume_as_told()
    search.finish()
    judge(search.evidence(search.setup.expected(reference(seed))))
