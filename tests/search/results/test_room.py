from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from search.errors import UserError
from search.results.room import floor_bytes, require_room, shortage

VARIABLE = "TUNE_RUN_FREE_MB"


def test_there_is_room_when_nothing_has_to_stay_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "0")
    assert shortage(tmp_path) is None
    require_room(tmp_path)


def test_a_disk_with_less_than_the_floor_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    more_than_all = shutil.disk_usage(tmp_path).total // 10**6 + 1
    monkeypatch.setenv(VARIABLE, str(more_than_all))
    with pytest.raises(UserError) as error:
        require_room(tmp_path)
    assert str(tmp_path) in str(error.value)
    assert f"keeps {more_than_all} MB free" in str(error.value)
    assert VARIABLE in str(error.value)


@pytest.mark.parametrize(("text", "floor"), [("7", 7_000_000), ("", 500_000_000)])
def test_the_floor_is_in_megabytes(monkeypatch: pytest.MonkeyPatch, text: str, floor: int) -> None:
    monkeypatch.setenv(VARIABLE, text)
    assert floor_bytes() == floor


@pytest.mark.parametrize("text", ["lots", "-5", "1.5", "²"])
def test_a_floor_that_is_no_number_is_a_mistake_of_the_user(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv(VARIABLE, text)
    with pytest.raises(UserError, match=VARIABLE):
        floor_bytes()
