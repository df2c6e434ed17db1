from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from search.engine import reaper
from search.engine.cluster_folder import cluster_folder, marked, require_parent
from search.errors import UserError


def test_temporary_files_lie_where_the_user_wants_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", "/dev/shm")
    assert require_parent() == Path("/dev/shm")


def test_a_name_too_long_for_sockets_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A socket name has at most 107 bytes, and Ray's own part is up to 82 of them.
    long = tmp_path / ("a" * 25)
    long.mkdir()
    monkeypatch.setenv("TMPDIR", str(long))
    assert require_parent() == Path("/tmp")


def test_a_place_that_takes_no_files_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    # Nobody can make files there, not even root.
    monkeypatch.setenv("TMPDIR", "/proc")
    with pytest.raises(UserError, match=r"^/proc: cannot be written .*TMPDIR"):
        require_parent()


ASKED = "import os, tempfile; print(tempfile.mkdtemp(), os.environ['TORCHINDUCTOR_CACHE_DIR'])"


@pytest.mark.parametrize("name", ["t", "a" * 60])
def test_temporary_files_of_the_cluster_go_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    # the first is short enough to hold the folder of the cluster itself
    parent = Path(tempfile.mkdtemp(dir="/tmp")) / name
    parent.mkdir()
    monkeypatch.setenv("TMPDIR", str(parent))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.delenv("TORCHINDUCTOR_CACHE_DIR", raising=False)
    before = dict(os.environ)
    try:
        with cluster_folder() as folder:
            with marked(folder):
                said = subprocess.check_output([sys.executable, "-c", ASKED], text=True)
                inside, compiled = map(Path, said.split())
                assert Path(tempfile.gettempdir()) == parent
            # where the user wants them, under a name that is no longer than Ray's own
            assert inside.resolve().is_relative_to(parent)
            assert inside.is_relative_to(folder)
            # what torch has compiled stays for the next search
            assert compiled.parent == parent
            assert inside.resolve().parent.stat().st_mode & 0o777 == 0o700
            # what torch has compiled stays for the next search
            assert compiled.parent == parent
            assert dict(os.environ) == before
        assert list(parent.iterdir()) == []
        assert not folder.exists()
    finally:
        shutil.rmtree(parent.parent)


def test_a_killed_driver_leaves_no_temporary_files_in_a_place_with_a_long_name(
    tmp_path: Path,
) -> None:
    (tmp_path / "tmp-tr-0").mkdir()
    (tmp_path / "tmp-tr-0" / "file").touch()
    (tmp_path / "tr-0").mkdir()
    (tmp_path / "tr-0" / "tmp").symlink_to(tmp_path / "tmp-tr-0")
    reaper.end(str(tmp_path / "tr-0"), grace=0.0)
    assert list(tmp_path.iterdir()) == []
