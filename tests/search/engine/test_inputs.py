"""A changed file is told by its content, and named in words that a person can act on."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from search.engine import inputs
from search.engine.inputs import changed_files, digests_of, looks_of
from search.load import Search, load

Changed = Callable[[], list[str]]
NOON = 1_767_182_400.0  # 2025-12-31 12:00:00 UTC


@pytest.fixture(autouse=True)
def _in_utc() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    file = tmp_path / "data.csv"
    file.write_text("a,b\n1,2\n")
    os.utime(file, (NOON, NOON))
    return file


@pytest.fixture
def search(tmp_path: Path, data: Path) -> Search:
    space = tmp_path / "toy.yaml"
    trainable = Path(__file__).with_name("fault_trainable.py")
    space.write_text(
        f"trainable: {trainable}\n"
        f"base: {{kind: {data}}}\n"
        "search: {metric: score, mode: max}\n"
        "space: {x: {float: [0.0, 1.0]}}\n"
    )
    return load(str(space), machine=None)


@pytest.fixture
def changed(search: Search) -> Changed:
    """What is said of the files now, against how they were when the test began."""
    before, looks = digests_of(search), looks_of(search)
    return lambda: list(changed_files(before, looks, search))


def test_nothing_is_said_of_what_is_as_it_was(changed: Changed, data: Path) -> None:
    assert changed() == []
    # written anew, with the same content: it is the same
    os.utime(data, (NOON + 60, NOON + 60))
    assert changed() == []


def test_a_changed_file_is_named_with_its_size_and_time(changed: Changed, data: Path) -> None:
    data.write_text("a,b\n1,2\n3,4\n")
    os.utime(data, (NOON + 3661, NOON + 3661))
    assert changed() == [
        f"kind: {data} was changed: it was 8 bytes, last written 2025-12-31 12:00:00, "
        "and is 12 bytes, last written 2025-12-31 13:01:01"
    ]


def test_other_content_of_the_same_size_is_told_as_that(changed: Changed, data: Path) -> None:
    data.write_text("a,b\n1,3\n")
    os.utime(data, (NOON, NOON))
    (said,) = changed()
    assert said.startswith(f"kind: {data} has other content of the same size: it was 8 bytes")


def test_a_file_that_is_gone_is_named(changed: Changed, data: Path) -> None:
    data.unlink()
    assert changed() == [
        f"kind: {data} was a file (8 bytes, last written 2025-12-31 12:00:00), and is none now"
    ]


def test_a_large_file_is_told_by_its_size_alone(
    search: Search, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inputs, "HASHED_BYTES", 4)
    before, looks = digests_of(search), looks_of(search)
    assert before["kind"] == "8 bytes"
    data.write_text("a,b\n1,3\n")
    assert list(changed_files(before, looks, search)) == []
    data.write_text("a,b\n1,30\n")
    assert len(list(changed_files(before, looks, search))) == 1
