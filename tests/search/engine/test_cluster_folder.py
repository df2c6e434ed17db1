from __future__ import annotations

from pathlib import Path

import pytest

from search.engine.cluster_folder import require_parent
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
