"""What a killed search left running is ended before its trials go on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from search.engine.leftovers import end_leftovers, noted
from search.engine.reaper import MARKER
from search.results.folder import SearchFolder


def test_a_process_of_the_cluster_before_is_ended_and_its_folder_removed(tmp_path: Path) -> None:
    cluster = tmp_path / "tr-0123abcd"
    cluster.mkdir()
    folder = SearchFolder(tmp_path)
    folder.cluster.write_text(str(cluster))
    environment = {**os.environ, MARKER: str(cluster)}
    worker = subprocess.Popen([sys.executable, "-c", "input()"], stdin=-1, env=environment)
    end_leftovers(folder)
    assert worker.wait(10) < 0
    assert not cluster.exists()
    assert not folder.cluster.exists()


def test_no_folder_of_another_name_is_removed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    folder = SearchFolder(tmp_path)
    folder.cluster.write_text(str(precious))
    end_leftovers(folder)
    assert precious.is_dir()


def test_the_note_is_there_while_the_cluster_is(tmp_path: Path) -> None:
    folder = SearchFolder(tmp_path)
    with noted(folder, tmp_path / "tr-0123abcd"):
        assert folder.cluster.read_text() == str(tmp_path / "tr-0123abcd")
    assert not folder.cluster.exists()
    with noted(folder, None):
        assert not folder.cluster.exists()
