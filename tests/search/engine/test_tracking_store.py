"""The first touch of a tracking store, by several searches at once."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from search.engine.tracker import sqlite_file

OPEN = """
import sys
from pathlib import Path
from search.engine.cluster import prepare_environment
prepare_environment()
import mlflow
from search.engine.tracker import open_exporter
manifest = {
    "id": sys.argv[2], "experiment": "toy", "text": "", "base": {},
    "search": {"name": "toy", "metric": "score", "mode": "max"},
}
print("ready", flush=True)
sys.stdin.readline()
print(open_exporter(Path(sys.argv[1]), manifest).parent)
"""


def opened_by_three(storages: list[Path], **environment: str) -> list[str]:
    """The run that each of three processes made, which open the store at the same moment."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN, str(storage), f"id{number}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | environment,
        )
        for number, storage in enumerate(storages)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    ended = [process.communicate(timeout=200) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], ended
    return [out.strip() for out, _ in ended]


def test_three_searches_begin_at_once_on_a_fresh_store(tmp_path: Path) -> None:
    found = opened_by_three([tmp_path / "runs"] * 3, MLFLOW_TRACKING_URI="")
    assert len(set(found)) == 3
    assert (tmp_path / "runs" / "mlflow.db").is_file()


def test_three_storages_share_a_fresh_store_of_the_user_s(tmp_path: Path) -> None:
    storages = [tmp_path / name for name in ("a", "b", "c")]
    uri = f"sqlite:///{tmp_path}/shared.db"
    found = opened_by_three(storages, MLFLOW_TRACKING_URI=uri)
    assert len(set(found)) == 3
    assert (tmp_path / "shared.db").is_file()


@pytest.mark.parametrize(
    ("uri", "file"),
    [
        ("sqlite:////data/mlflow.db", Path("/data/mlflow.db")),
        ("sqlite:////data/mlflow.db?timeout=5", Path("/data/mlflow.db")),
        ("sqlite:///here.db", Path.cwd() / "here.db"),
        ("sqlite:///:memory:", None),
        ("sqlite://", None),
        ("http://host:5000", None),
        ("postgresql://me:pw@host/db", None),
    ],
)
def test_the_file_of_a_store_is_known(uri: str, file: Path | None) -> None:
    assert sqlite_file(uri) == file
