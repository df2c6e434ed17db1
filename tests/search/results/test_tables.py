from __future__ import annotations

from pathlib import Path
from typing import Any

from search.results.folder import SearchFolder
from search.results.tables import write_tables


def test_every_table_of_a_search_is_written(small: Any, tmp_path: Path) -> None:
    folder = SearchFolder(tmp_path)
    files = write_tables(small, folder)
    names = ["trials.csv", *(f"tables/{t}.{s}" for t in ("trials", "by_kind") for s in KINDS)]
    assert sorted(str(file.relative_to(tmp_path)) for file in files) == sorted(names)
    assert all(file.is_file() for file in files)
    assert [path for path in tmp_path.rglob("*") if path.name.startswith(".")] == []


KINDS = ("csv", "md", "parquet")


def test_the_first_column_of_the_table_of_trials_is_the_trial(small: Any, tmp_path: Path) -> None:
    folder = SearchFolder(tmp_path)
    write_tables(small, folder)
    lines = folder.trials_csv.read_text().splitlines()
    assert lines[0].startswith("trial,rank,state,score,")
    assert [line.split(",")[0] for line in lines[1:]] == ["0", "1", "2", "3"]


def test_a_search_of_several_objectives_has_its_front_too(traded: Any, tmp_path: Path) -> None:
    files = write_tables(traded, SearchFolder(tmp_path))
    front = [file.name for file in files if file.name.startswith("pareto")]
    assert front == ["pareto.csv", "pareto.md", "pareto.parquet", "pareto.png"]
    assert all(file.is_file() for file in files)
    assert [path for path in tmp_path.rglob("*") if path.name.startswith(".")] == []
