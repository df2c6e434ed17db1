from __future__ import annotations

import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from search.errors import UserError
from search.results.folder import Locked, SearchFolder, open_folder, set_aside

HOLD = """
import sys
from pathlib import Path
from search.results.folder import SearchFolder
with SearchFolder(Path(sys.argv[1])).lock():
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held_by_another(folder: SearchFolder) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLD, str(folder.path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def begun(path: Path) -> SearchFolder:
    path.mkdir(parents=True)
    folder = SearchFolder(path)
    folder.record.write_text(path.name)
    return folder


def test_a_second_process_is_refused_and_told_of_the_first(tmp_path: Path) -> None:
    folder = SearchFolder(tmp_path / "toy")
    with held_by_another(folder) as process:
        with pytest.raises(Locked) as error, folder.lock():
            pass
        assert f"process {process.pid} on {socket.gethostname()}" in str(error.value)
        assert str(folder.path) in str(error.value)


def test_a_refused_process_does_not_blot_out_the_name_of_the_holder(tmp_path: Path) -> None:
    folder = SearchFolder(tmp_path / "toy")
    with held_by_another(folder) as process:
        for _ in range(2):
            with pytest.raises(Locked, match=f"process {process.pid} on"), folder.lock():
                pass


def test_only_the_present_holder_is_named(tmp_path: Path) -> None:
    folder = SearchFolder(tmp_path / "toy")
    with held_by_another(folder) as first:
        pass
    with held_by_another(folder) as second:
        with pytest.raises(Locked) as error, folder.lock():
            pass
        assert f"process {first.pid} on" not in str(error.value)
        assert str(error.value).count("process") == 1
        assert f"process {second.pid} on" in str(error.value)


def test_the_lock_dies_with_its_process(tmp_path: Path) -> None:
    folder = SearchFolder(tmp_path / "toy")
    with held_by_another(folder) as process:
        process.kill()
        process.wait()
        with folder.lock():
            pass


def test_the_lock_is_free_after_its_block(tmp_path: Path) -> None:
    folder = SearchFolder(tmp_path / "toy")
    with folder.lock():
        pass
    with folder.lock():
        pass


def test_earlier_searches_are_all_kept(tmp_path: Path) -> None:
    for name in ("1", "2"):
        kept = set_aside(begun(tmp_path / "toy"))
        assert kept == tmp_path / f"toy.{name}"
    assert (tmp_path / "toy.1" / "record.db").is_file()
    assert (tmp_path / "toy.2" / "record.db").is_file()
    assert not (tmp_path / "toy").exists()


def test_nothing_is_set_aside_where_no_search_was(tmp_path: Path) -> None:
    (tmp_path / "toy").mkdir()
    assert set_aside(SearchFolder(tmp_path / "toy")) is None
    assert (tmp_path / "toy").is_dir()


def test_a_search_that_runs_is_not_set_aside(tmp_path: Path) -> None:
    folder = begun(tmp_path / "toy")
    with held_by_another(folder), pytest.raises(Locked):
        set_aside(folder)
    assert folder.holds_search()


def test_a_search_is_opened_by_name_and_by_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = begun(tmp_path / "runs" / "toy")
    monkeypatch.chdir(tmp_path)
    assert open_folder("toy", Path("runs")) == folder
    assert open_folder("runs/toy", Path("elsewhere")) == folder
    assert open_folder(str(folder.path), Path("elsewhere")) == folder


def test_an_unknown_search_lists_those_that_are_there(tmp_path: Path) -> None:
    begun(tmp_path / "b")
    begun(tmp_path / "a")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match=r"^nosuch: .*searches in \S+: a, b\."):
        open_folder("nosuch", tmp_path)


def test_a_storage_without_searches_says_so(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no search in"):
        open_folder("nosuch", tmp_path / "nowhere")


def test_the_folder_of_a_search_is_private(tmp_path: Path) -> None:
    folder = SearchFolder(tmp_path / "runs" / "toy")
    with folder.lock():
        assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700


@pytest.mark.parametrize("name", [".", "record.db"])
def test_a_search_that_everybody_could_have_changed_is_not_gone_on_with(
    tmp_path: Path, name: str
) -> None:
    folder = begun(tmp_path / "toy")
    (folder.path / name).chmod(0o777)
    with pytest.raises(UserError, match="everybody on this machine can write"), folder.lock():
        pass
    assert not (folder.path / "lock").exists()


def test_a_place_where_no_folder_can_be_made_is_refused() -> None:
    # Nobody can make files there, not even root.
    folder = SearchFolder(Path("/proc/runs/toy"))
    with pytest.raises(UserError, match=r"^/proc/runs/toy: cannot be made"), folder.lock():
        pass


def test_the_pictures_of_every_attempt_are_found_in_their_order(tmp_path: Path) -> None:
    folder = SearchFolder(tmp_path)
    assert folder.pictures(3) == []
    made = []
    for attempt, name in ((1, "0002_roc.png"), (2, "0001_roc.png"), (11, "0002_roc.png")):
        directory = folder.attempt(3, attempt) / "pictures"
        directory.mkdir(parents=True)
        (directory / name).touch()
        (directory / "0009_roc.part").touch()
        made.append(directory / name)
    assert folder.pictures(3) == made
