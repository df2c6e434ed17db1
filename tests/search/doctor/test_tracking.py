from __future__ import annotations

import shutil
import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from search.doctor import tracking
from search.doctor.check import Check, Site, findings_of
from search.doctor.child import ask
from search.doctor.finding import Grade

VARIABLE = "MLFLOW_TRACKING_URI"
CHECK = Check("MLflow", tracking.examine)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable and no folder of the machine plays a part."""
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store as MLflow makes it, which takes it some seconds."""
    folder = tmp_path_factory.mktemp("store")
    ask("search.engine.store_doctor", "open_store", str(folder))
    return folder / "mlflow.db"


@pytest.fixture
def place(store: Path, site: Site) -> Callable[[], Path]:
    def place() -> Path:
        site.storage.mkdir()
        return Path(shutil.copy(store, site.storage))

    return place


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_a_store_that_is_not_there_yet_is_not_made(site: Site) -> None:
    (found,) = tracking.examine(site)
    assert found.grade is Grade.OK
    assert found.text == f"{site.storage}/mlflow.db will be made by the first search"
    assert not site.storage.exists()


def test_a_store_of_this_mlflow_can_be_opened(site: Site, place: Callable[[], Path]) -> None:
    place()
    (found,) = tracking.examine(site)
    assert found.grade is Grade.OK
    assert found.text.startswith(f"sqlite:///{site.storage}/mlflow.db can be opened")


def test_a_store_of_another_mlflow_is_a_fault_with_the_command(
    site: Site, place: Callable[[], Path]
) -> None:
    file = place()
    with closing(sqlite3.connect(file)) as connection:
        # One of MLflow's own revisions, long before its last one.
        connection.execute("UPDATE alembic_version SET version_num = '0584bdc529eb'")
        connection.commit()
    (found,) = tracking.examine(site)
    assert found.grade is Grade.FAULT
    assert "out-of-date database schema (found version 0584bdc529eb" in found.text
    assert f"cp {file} {file}.old; mlflow db upgrade sqlite:///{file}" in found.mend


@pytest.mark.parametrize("data", [b"", b"this is no database at all" * 100])
def test_a_file_that_is_no_store_is_a_fault_and_stays_as_it_is(site: Site, data: bytes) -> None:
    site.storage.mkdir()
    file = site.storage / "mlflow.db"
    file.write_bytes(data)
    (found,) = tracking.examine(site)
    assert found.grade is Grade.FAULT
    assert found.text.startswith(f"{file} is no MLflow store (")
    assert found.mend.startswith(f"mv {file} {file}.old")
    assert file.read_bytes() == data


def test_a_server_that_is_not_there_is_a_fault_without_its_password(
    site: Site, closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, f"http://me:pa55word@127.0.0.1:{closed_port}")
    (found,) = findings_of(CHECK, site)
    assert found.grade is Grade.FAULT
    assert "cannot be reached: connection refused" in found.text
    assert f"@127.0.0.1:{closed_port}" in found.text
    assert "pa55word" not in f"{found.text}{found.mend}"
    assert f"unset {VARIABLE}" in found.mend


def test_a_store_that_mlflow_refuses_is_a_fault_in_its_words(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "nosuch://host/store")
    (found,) = findings_of(CHECK, site)
    assert found.grade is Grade.FAULT
    assert "nosuch" in found.text
    assert f"unset {VARIABLE}" in found.mend


def test_an_old_folder_of_runs_is_a_note(site: Site, tmp_path: Path) -> None:
    (tmp_path / "mlruns").mkdir()
    found = next(iter(tracking.examine(site)))
    assert found.grade is Grade.NOTE
    assert str(tmp_path / "mlruns") in found.text
