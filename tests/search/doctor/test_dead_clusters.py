from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from search.doctor.dead_clusters import judge
from search.doctor.finding import Grade
from search.engine.reaper import MARKER

WAIT = "print('here', flush=True); input()"


@pytest.fixture
def left(tmp_path: Path) -> Path:
    """A folder of Ray that nobody has touched since the year 2001."""
    folder = tmp_path / "tr-0123456789"
    folder.mkdir()
    (folder / "raylet.out").write_bytes(b"x" * 3_000_000)
    os.utime(folder, (1e9, 1e9))
    return folder


@contextmanager
def process(*arguments: str, **environment: str) -> Iterator[None]:
    with subprocess.Popen(
        [sys.executable, "-c", WAIT, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | environment,
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"here\n"
        try:
            yield
        finally:
            running.kill()


def test_what_a_dead_search_left_is_offered_for_removal(left: Path) -> None:
    found = judge([left.parent])
    assert found.grade is Grade.NOTE
    assert found.text == f"1 folder of dead searches: 3 MB in {left.parent}"
    assert found.mend == f"rm -r {left}"
    assert left.exists()


def test_a_folder_of_a_process_that_lives_is_not_left(left: Path) -> None:
    with process(f"--session-dir={left}/session_1"):
        assert judge([left.parent]).grade is Grade.OK
    with process(**{MARKER: str(left)}):
        assert judge([left.parent]).grade is Grade.OK
    assert judge([left.parent]).grade is Grade.NOTE


def test_a_search_that_just_begins_is_not_dead(left: Path) -> None:
    left.touch()
    os.utime(left)
    assert judge([left.parent]).grade is Grade.OK


def test_a_link_is_never_offered(left: Path) -> None:
    aside = left.rename(left.with_name("precious"))
    left.symlink_to(aside)
    assert judge([left.parent]).grade is Grade.OK
