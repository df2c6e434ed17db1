"""The notebook runs on the record of a search."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from search.engine.record import Record
from search.engine.record_words import Committed
from search.results.trials import Objective, Report, State

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "read_a_search.ipynb"


@pytest.fixture
def search(tmp_path: Path) -> Path:
    """A record of two trials, written as a search writes it."""
    record = Record.create(tmp_path / "record.db", "toy", Objective("score", "max"))
    record.write_manifest(
        {
            "search": {"metric": "score", "mode": "max"},
            "parameters": ["kind"],
            "choices": ["kind"],
            "max_epochs": 2,
        }
    )
    for kind in ("plain", "shifted"):
        number = record.study.ask().number
        record.begin(number, {"kind": kind}, 1, {})
        for epoch in (1, 2):
            report = Report(epoch, float(epoch), {"score": float(epoch)})
            record.report(number, Committed(report, float(epoch), ()))
        record.finish(number, State.COMPLETE, None)
    return tmp_path


def test_it_runs_from_the_first_cell_to_the_last(
    search: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUNE_RUN_SEARCH", str(search))
    notebook = nbformat.reads(NOTEBOOK.read_text(), as_version=4)  # type: ignore[no-untyped-call]
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    printed = [output.text for output in notebook.cells[1].outputs if output.name == "stdout"]
    assert printed == ["toy: 2 trials, score (max)\n"]
