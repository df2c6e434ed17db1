"""F20: a record that is no longer what was written is refused by name, and never begun anew."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from search.engine.record import Record
from search.errors import UserError
from search.exits import Exit
from tests.faults.commits import Epochs, committed
from tests.faults.cut_off import cut_off
from tests.faults.evidence import Evidence
from tests.faults.given import Begin, Judge, Reference
from tests.faults.search_process import SearchProcess
from tests.faults.seeds import seeds
from tests.faults.setup import Setup

pytestmark = pytest.mark.row("F20", "the record is truncated, overwritten, of another version")

Damage = Callable[[Path], None]
PAGE = 4096


def settled(file: Path) -> None:
    """Bring all that was committed into the one file, as a clean end does."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def shorten(share: float) -> Damage:
    def shorten(file: Path) -> None:
        data = file.read_bytes()
        file.write_bytes(data[: int(len(data) * share)])

    return shorten


def overwrite(file: Path) -> None:
    file.write_bytes(random.Random(1).randbytes(file.stat().st_size))


def overwrite_a_page(file: Path) -> None:
    data = bytearray(file.read_bytes())
    middle = len(data) // PAGE // 2 * PAGE
    data[middle : middle + PAGE] = random.Random(1).randbytes(PAGE)
    file.write_bytes(data)


def remove(file: Path) -> None:
    file.unlink()


def write_another_version(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = 'v0.9.0.a'")
        connection.execute("UPDATE version_info SET schema_version = 1, library_version = '0.9'")


DAMAGES: dict[str, Damage] = {
    "empty": shorten(0.0),
    "half": shorten(0.5),
    "99 %": shorten(0.99),
    "noise": overwrite,
    "a page of noise": overwrite_a_page,
    "gone": remove,
    "another version": write_another_version,
}


@pytest.mark.faults
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_record_is_refused_before_ray_starts(
    found_interrupted: SearchProcess, damage: str
) -> None:
    search = found_interrupted
    settled(search.record)
    DAMAGES[damage](search.record)
    search.resume()
    assert search.wait(Exit.BAD_INPUT) == Exit.BAD_INPUT, search.output()
    assert str(search.place) in search.output()
    assert search.remnants.family.find("raylet") is None
    assert not search.remnants.family.folders


def test_a_file_that_was_cut_anywhere_is_never_taken_for_whole(
    uninterrupted: Callable[[int], Evidence], tmp_path: Path
) -> None:
    file = copied(uninterrupted(0).folder, tmp_path)
    settled(file)
    before, data = committed(file), file.read_bytes()
    for size in range(512, len(data), 512):
        for old in tmp_path.glob("record.db*"):
            old.unlink()
        file.write_bytes(data[:size])
        with pytest.raises(UserError, match=r"record\.db"):
            Record.open(file)
    file.write_bytes(data)
    assert epochs_of(file) == before


@pytest.mark.faults
def test_a_log_that_was_cut_anywhere_loses_its_end_alone(
    interrupted: SearchProcess, tmp_path: Path
) -> None:
    before = committed(interrupted.record)
    log = interrupted.record.with_name("record.db-wal").read_bytes()
    found = set()
    for size in range(0, len(log), 4096 * 7):
        for old in tmp_path.glob("record.db*"):
            old.unlink()
        file = copied(interrupted.place, tmp_path)
        file.with_name("record.db-wal").write_bytes(log[:size])
        file.with_name("record.db-shm").unlink(missing_ok=True)
        try:
            found.add(epochs_of(file))
        except UserError as refused:
            assert str(tmp_path) in str(refused)
    assert all(epochs <= before for epochs in found)
    # Each is the beginning of the next: commits are lost from the end only.
    ordered = sorted(found, key=len)
    assert all(fewer <= more for fewer, more in pairwise(ordered))


def copied(place: Path, folder: Path) -> Path:
    """The record of a search and its log in another folder."""
    for file in place.glob("record.db*"):
        (folder / file.name).write_bytes(file.read_bytes())
    return folder / "record.db"


def epochs_of(file: Path) -> Epochs:
    """What the product reads from a record."""
    record = Record.open(file)
    try:
        trials = record.result().trials
    finally:
        record.close()
    return frozenset((trial.number, report.epoch) for trial in trials for report in trial.reports)


@pytest.mark.parametrize("seed", seeds())
def test_a_search_whose_log_was_cut_goes_on(
    begin: Begin, judge: Judge, reference: Reference, seed: int
) -> None:
    chosen = random.Random(f"F20/{seed}")
    search = begin(Setup(seed=seed))
    cut_off(search, epochs=chosen.randint(4, 14))
    log = search.record.with_name("record.db-wal")
    data = log.read_bytes()
    log.write_bytes(data[: chosen.randrange(len(data) // 2, len(data))])
    # Checkpoints of lost commits may be gone: any epoch may be trained again, but none is lost.
    kill = search.kills[-1]
    search.kills[-1] = replace(kill, committed=frozenset(), damaged=kill.committed)
    search.resume()
    search.finish()
    judge(search.evidence(search.setup.expected(reference(seed))))


@pytest.mark.faults
def test_a_record_that_another_process_writes_is_waited_for_or_refused(
    found_interrupted: SearchProcess,
) -> None:
    search = found_interrupted
    before = committed(search.record)
    with closing(sqlite3.connect(search.record, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        search.resume()
        code = search.wait(Exit.BAD_INPUT, Exit.INFRASTRUCTURE)
    assert code in (Exit.BAD_INPUT, Exit.INFRASTRUCTURE), search.output()
    assert committed(search.record) == before
    assert "lock" in search.output()
    assert str(search.record) in search.output()
