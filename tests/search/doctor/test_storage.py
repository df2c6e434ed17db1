from __future__ import annotations

import resource
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from search.doctor import storage
from search.doctor.check import Site
from search.doctor.finding import Finding, Grade

Graded = Callable[[Iterable[Finding], Grade], list[str]]


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """No file may be longer than this, as under a quota."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_storage_that_is_not_there_yet_is_fine_and_stays_so(site: Site, tmp_path: Path) -> None:
    (found,) = storage.examine(site)
    assert found.grade is Grade.OK
    assert found.text.startswith(f"{site.storage} (the first search makes it): writable, ")
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_its_place_is_a_fault(site: Site) -> None:
    site.storage.write_text("a file")
    (found,) = storage.examine(site)
    assert (found.grade, found.text) == (Grade.FAULT, f"{site.storage} is not a folder")
    assert "--storage DIR" in found.mend


def test_a_folder_that_cannot_be_written_is_a_fault() -> None:
    (found,) = storage.examine(Site(Path("/proc/runs")))
    assert found.grade is Grade.FAULT
    assert found.text.startswith("/proc cannot be written (")


def test_a_disk_on_which_sqlite_cannot_write_is_a_fault(site: Site, graded: Graded) -> None:
    with largest_file(0):
        found = list(storage.examine(site))
    (said,) = graded(found, Grade.FAULT)
    assert said.startswith("SQLite's write-ahead logs in ")


def test_too_little_room_is_a_fault(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, graded: Graded
) -> None:
    more_than_all = shutil.disk_usage(tmp_path).total // 10**6 + 1
    monkeypatch.setenv("TUNE_RUN_FREE_MB", str(more_than_all))
    (said,) = graded(storage.examine(site), Grade.FAULT)
    assert f"a search keeps {more_than_all} MB free" in said


def test_a_floor_that_is_no_number_is_a_fault(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUNE_RUN_FREE_MB", "plenty")
    found = next(iter(storage.examine(site)))
    assert found.grade is Grade.FAULT
    assert "found 'plenty'" in found.text
    assert found.mend.startswith("unset TUNE_RUN_FREE_MB")
