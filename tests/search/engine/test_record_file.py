"""The file of a record: damage is found before it is believed, and nothing is begun over it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from search.engine import record_file
from search.engine.record import Record
from search.engine.record_file import BACKUP, back_up, require_sound, require_unlocked
from search.errors import UserError
from search.results.trials import Objective


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A record with a copy beside it, which nobody has open."""
    path = tmp_path / "record.db"
    record = Record.create(path, "toy", Objective("score", "max"))
    record.write_manifest({"search": {"metric": "score", "mode": "max"}})
    back_up(path)
    record.close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


def test_a_sound_record_is_believed(file: Path) -> None:
    require_sound(file)
    assert Record.open(file).study.study_name == "toy"


@pytest.mark.parametrize("share", [0.3, 0.99])
def test_a_cut_file_is_refused_with_the_way_back_to_its_copy(file: Path, share: float) -> None:
    data = file.read_bytes()
    file.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(UserError, match="damaged") as refused:
        Record.find(file)
    assert f"mv {file.with_name(BACKUP)} {file}" in str(refused.value)


@pytest.mark.parametrize("is_there", [True, False])
def test_an_empty_or_missing_record_is_no_new_search_where_one_was(
    file: Path, is_there: bool
) -> None:
    file.write_bytes(b"") if is_there else file.unlink()
    with pytest.raises(UserError, match="empty or gone") as refused:
        Record.find(file)
    assert BACKUP in str(refused.value)


def test_a_folder_with_trials_and_no_record_is_no_new_search(tmp_path: Path) -> None:
    (tmp_path / "trials" / "00000").mkdir(parents=True)
    with pytest.raises(UserError, match="there is no copy to go back to"):
        Record.find(tmp_path / "record.db")


def test_nothing_at_all_is_a_new_search(tmp_path: Path) -> None:
    assert Record.find(tmp_path / "record.db") is None


def test_the_copy_is_a_whole_record(file: Path) -> None:
    copy = file.with_name(BACKUP)
    require_sound(copy)
    assert Record.open(copy).manifest()["search"]["metric"] == "score"


def test_a_record_of_another_version_of_optuna_is_refused(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num='v0.9.0.a'")
    connection.close()
    with pytest.raises(UserError, match=r"record\.db: .*compatible"):
        Record.find(file)


def test_a_record_that_another_program_holds_is_refused(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_file, "LOCKED_SECONDS", 0.1)
    holder = sqlite3.connect(file)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(UserError, match="database is locked"):
        require_unlocked(file)
    holder.close()
    require_unlocked(file)
