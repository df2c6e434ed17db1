from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from search.engine.cluster_folder import marked, require_parent
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


def told(folder: Path) -> dict[str, str]:
    """What a process that is started for a cluster finds in its environment."""
    with marked(folder):
        code = "import json, os; print(json.dumps(dict(os.environ)))"
        said = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    found: dict[str, str] = json.loads(said.stdout)
    return found


def test_temporary_files_of_a_cluster_go_with_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = dict(os.environ)
    assert told(tmp_path / "tr-0")["TMPDIR"] == str(tmp_path / "tr-0")
    # what torch has compiled stays for the next search
    assert Path(told(tmp_path / "tr-0")["TORCHINDUCTOR_CACHE_DIR"]).parent == tmp_path
    assert dict(os.environ) == before


def test_temporary_files_stay_in_a_place_that_is_only_too_long_for_sockets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert told(Path("/tmp/tr-0"))["TMPDIR"] == str(tmp_path)
