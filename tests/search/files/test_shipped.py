from __future__ import annotations

from pathlib import Path

import pytest

from search.errors import UserError
from search.files.shipped import find_space, shipped_spaces, spaces_dir


def test_an_existing_path_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("signal").touch()
    assert find_space("signal") == Path("signal")


def test_every_shipped_space_is_found_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = [find_space(name) for name in shipped_spaces()]
    assert found == sorted(spaces_dir().glob("*.yaml"))


@pytest.mark.parametrize("argument", ["nosuch", "", "x" * 5000, "a\0b", "../spaces/signal"])
def test_anything_else_is_refused(
    argument: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match=r"no such file|cannot be read"):
        find_space(argument)
