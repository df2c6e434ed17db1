from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from search.errors import UserError
from search.results.access import make_private, require_own, require_writable

NOBODY = 65534


@pytest.fixture
def _usual_umask() -> object:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("_usual_umask")
def test_new_folders_are_for_their_user_alone(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    make_private(tmp_path / "there" / "runs" / "toy")
    modes = {
        name: stat.S_IMODE((tmp_path / name).stat().st_mode)
        for name in ("there", "there/runs", "there/runs/toy")
    }
    assert modes == {"there": 0o755, "there/runs": 0o700, "there/runs/toy": 0o700}


def test_a_folder_of_one_s_own_is_trusted(tmp_path: Path) -> None:
    make_private(tmp_path / "toy")
    require_own(tmp_path / "toy")


def test_a_folder_that_everybody_can_write_is_refused(tmp_path: Path) -> None:
    make_private(tmp_path / "toy")
    (tmp_path / "toy").chmod(0o777)
    with pytest.raises(UserError, match=r"everybody on this machine can write here.*chmod -R o-w"):
        require_own(tmp_path / "toy")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    make_private(tmp_path / "toy")
    os.chown(tmp_path / "toy", NOBODY, NOBODY)
    with pytest.raises(UserError, match=r"belongs to the user .*; if you trust it, copy it"):
        require_own(tmp_path / "toy")


def test_a_folder_that_takes_files_is_writable(tmp_path: Path) -> None:
    require_writable(tmp_path, "")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_takes_no_files_is_refused_with_what_to_do() -> None:
    # Nobody can make files there, not even root.
    with pytest.raises(UserError, match=r"^/proc: cannot be written \(.+\); take another$"):
        require_writable(Path("/proc"), "take another")
