from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from search.doctor import searches
from search.doctor.check import Site
from search.doctor.finding import Finding, Grade
from search.engine.record import Record
from search.results.folder import SearchFolder
from search.results.trials import Objective, State

Graded = Callable[[Iterable[Finding], Grade], list[str]]
Keep = Callable[..., SearchFolder]

HOLD = """
import sys
from pathlib import Path
from search.results.folder import SearchFolder
with SearchFolder(Path(sys.argv[1])).lock():
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held_by_another(folder: SearchFolder) -> Iterator[int]:
    command = [sys.executable, "-c", HOLD, str(folder.path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process.pid
        finally:
            process.kill()


@pytest.fixture
def keep(site: Site, manifest: dict[str, Any]) -> Keep:
    """A search of three trials of which these states were reached, in the storage."""

    def keep(name: str, *states: State, sampler: str = "tpe") -> SearchFolder:
        folder = SearchFolder(site.storage / name)
        folder.path.mkdir(parents=True, mode=0o700)
        record = Record.create(folder.record, name, Objective("score", "max"))
        spec = manifest["search"] | {
            "trials": 3,
            "duplicates": "resample",
            "sampler": {"name": sampler},
        }
        record.write_manifest(manifest | {"search": spec, "space_file": "/lab/my space.yaml"})
        for state in states:
            number = record.study.ask().number
            record.begin(number, {"x": 0.5}, 7, {})
            if state is not State.RUNNING:
                record.finish(number, state, "a cause")
        record.close()
        return folder

    return keep


def test_an_empty_storage_is_fine(site: Site) -> None:
    (found,) = searches.examine(site)
    assert (found.grade, found.text) == (Grade.OK, f"none in {site.storage} yet")


def test_searches_that_have_ended_are_counted(site: Site, keep: Keep) -> None:
    keep("one", State.FAILED, State.STOPPED, State.STOPPED)
    keep("two", State.STOPPED, sampler="grid")
    (found,) = searches.examine(site)
    assert found.grade is Grade.OK
    assert found.text.startswith(f"2 in {site.storage} have ended")


@pytest.mark.parametrize(
    "states",
    [(State.STOPPED, State.RUNNING), (State.STOPPED, State.INTERRUPTED), (State.STOPPED,)],
)
def test_a_search_that_stands_still_is_told_with_the_command_that_goes_on(
    site: Site, keep: Keep, states: tuple[State, ...]
) -> None:
    keep("toy", *states)
    found = next(iter(searches.examine(site)))
    assert found.grade is Grade.NOTE
    assert found.text == "toy has 1 of 3 trials, and nobody searches in it now"
    command = f"tune-run '/lab/my space.yaml' search.name=toy --resume --storage {site.storage}"
    assert found.mend == command


def test_one_that_was_kept_aside_is_not_gone_on_with(site: Site, keep: Keep) -> None:
    folder = keep("toy", State.STOPPED)
    folder.path.rename(folder.path.with_name("toy.1"))
    found = next(iter(searches.examine(site)))
    assert found.text.startswith("toy.1 has 1 of 3 trials")
    assert found.mend == ""


def test_a_search_that_runs_is_told_with_its_process(site: Site, keep: Keep) -> None:
    folder = keep("toy", State.RUNNING)
    with held_by_another(folder) as pid:
        found = next(iter(searches.examine(site)))
    assert found.grade is Grade.OK
    assert found.text.startswith(f"toy runs now: process {pid} on ")


def test_a_damaged_record_is_a_fault_and_hides_no_other(
    site: Site, keep: Keep, graded: Graded
) -> None:
    keep("sound", State.STOPPED)
    folder = keep("torn", State.STOPPED)
    whole = folder.record.read_bytes()
    half = len(whole) // 2
    folder.record.write_bytes(whole[:half] + b"\xff" * 4096 + whole[half + 4096 :])
    found = list(searches.examine(site))
    (said,) = graded(found, Grade.FAULT)
    assert said.startswith(f"{folder.record}: the record is damaged (")
    assert [text.split()[0] for text in graded(found, Grade.NOTE)] == ["sound"]


def test_a_record_of_another_make_is_a_fault(site: Site, keep: Keep, manifest: Any) -> None:
    folder = SearchFolder(site.storage / "old")
    folder.path.mkdir(parents=True, mode=0o700)
    record = Record.create(folder.record, "old", Objective("score", "max"))
    record.write_manifest({"search": {"metric": "score", "mode": "max"}})
    record.close()
    found = next(iter(searches.examine(site)))
    assert found.grade is Grade.FAULT
    assert "cannot be read: KeyError: " in found.text


def test_a_search_that_died_at_once_is_a_note(site: Site) -> None:
    folder = SearchFolder(site.storage / "toy")
    folder.path.mkdir(parents=True, mode=0o700)
    folder.record.touch()
    found = next(iter(searches.examine(site)))
    assert (found.grade, found.text) == (Grade.NOTE, "toy died before its first trial")


def test_a_record_that_anybody_can_write_is_a_fault(site: Site, keep: Keep) -> None:
    folder = keep("toy", State.STOPPED)
    folder.path.chmod(0o777)
    found = next(iter(searches.examine(site)))
    assert found.grade is Grade.FAULT
    assert "everybody on this machine can write here" in found.text
    assert f"chmod -R o-w {folder.path}" in found.mend


def test_looking_changes_nothing(site: Site, keep: Keep) -> None:
    folder = keep("toy", State.STOPPED, State.RUNNING)
    before = folder.record.read_bytes()
    list(searches.examine(site))
    assert folder.record.read_bytes() == before
    with folder.lock():
        pass


def test_files_beside_the_searches_do_not_matter(site: Site) -> None:
    site.storage.mkdir()
    (site.storage / "mlflow.db").touch()
    (site.storage / "notes").mkdir()
    (found,) = searches.examine(site)
    assert found.grade is Grade.OK


def test_a_place_that_cannot_be_read_holds_none() -> None:
    (found,) = searches.examine(Site(Path("/nonexistent")))
    assert found.grade is Grade.OK
