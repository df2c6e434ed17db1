from __future__ import annotations

from pathlib import Path

import pytest

from search.doctor import home
from search.doctor.check import Site
from search.doctor.finding import Grade


def test_a_home_that_can_be_written_is_fine(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (found,) = home.examine(site)
    assert (found.grade, found.text) == (Grade.OK, f"{tmp_path} can be written")


@pytest.mark.parametrize("folder", ["/proc", "/nonexistent"])
def test_a_home_that_cannot_is_a_note(
    site: Site, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    monkeypatch.setenv("HOME", folder)
    (found,) = home.examine(site)
    assert found.grade is Grade.NOTE
    assert found.text.startswith(f"{folder} cannot be written (")
