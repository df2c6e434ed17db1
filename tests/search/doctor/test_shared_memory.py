from __future__ import annotations

import shutil
from pathlib import Path

from search.doctor.finding import Grade
from search.doctor.shared_memory import judge


def test_shared_memory_that_cannot_be_written_is_a_fault() -> None:
    found = judge(Path("/proc"), 1)
    assert found.grade is Grade.FAULT
    assert found.text.startswith("/proc cannot be written (")
    assert "--shm-size" in found.mend


def test_too_little_for_an_object_store_is_a_note(tmp_path: Path) -> None:
    more_than_all = shutil.disk_usage(tmp_path).total + 1
    found = judge(tmp_path, more_than_all)
    assert found.grade is Grade.NOTE
    assert f"takes {more_than_all / 1e6:.0f} MB" in found.text


def test_enough_is_fine(tmp_path: Path) -> None:
    assert judge(tmp_path, 1).grade is Grade.OK
