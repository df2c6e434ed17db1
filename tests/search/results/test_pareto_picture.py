from __future__ import annotations

import gc
import sys
from pathlib import Path
from typing import Any

import pytest

from search.results.pareto_picture import draw_fronts
from search.results.result import SearchResult

THREE = {"metric": ["score", "other", "cost"], "mode": ["max", "min", "min"]}


def size_of(file: Path) -> tuple[int, int]:
    """Width and height of a PNG, as its header says them (RFC 2083, section 11.2.1)."""
    data = file.read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])


def drawn(result: SearchResult, monkeypatch: pytest.MonkeyPatch, file: Path) -> Any:
    """The figure that is drawn."""
    from matplotlib.figure import Figure

    figures = []
    save = Figure.savefig

    def keep(figure: Any, *args: Any, **more: Any) -> None:
        figures.append(figure)
        save(figure, *args, **more)

    monkeypatch.setattr(Figure, "savefig", keep)
    draw_fronts(result, file)
    (figure,) = figures
    return figure


def test_what_dominates_what_is_dominated_and_the_knee_are_told_apart(
    traded: SearchResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (panel,) = drawn(traded, monkeypatch, tmp_path / "a.png").axes
    behind, knee = panel.collections
    (front,) = panel.lines
    assert behind.get_offsets().tolist() == [[0.5, 5.0]]
    assert knee.get_offsets().tolist() == [[0.9, 6.0]]
    assert front.get_xydata().tolist() == [[0.0, 0.0], [0.6, 4.0], [0.9, 6.0], [1.0, 10.0]]
    assert [text.get_text() for text in panel.get_legend().get_texts()] == [
        *("dominated", "not dominated", "knee"),
    ]
    assert panel.get_xlabel() == "score (larger is better)"
    assert panel.get_ylabel() == "other (smaller is better)"


def test_each_pair_of_three_objectives_has_a_panel(
    trial: Any, result: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = trial(0, [0.1], others=[1.0])
    held.reports[0].metrics["cost"] = 2.0
    figure = drawn(result(held, search=THREE), monkeypatch, tmp_path / "a.png")
    axes = [(panel.get_xlabel(), panel.get_ylabel()) for panel in figure.axes]
    names = [tuple(label.split(" ")[0] for label in pair) for pair in axes]
    assert names == [("score", "other"), ("score", "cost"), ("other", "cost")]
    # three panels of 5 by 5 inches, at 120 dots an inch
    assert size_of(tmp_path / "a.png") == (1800, 600)


def test_a_search_without_trials_can_be_drawn(result: Any, tmp_path: Path) -> None:
    draw_fronts(result(search=THREE), tmp_path / "a.png")
    assert size_of(tmp_path / "a.png") == (1800, 600)


def test_no_figure_stays(traded: SearchResult, tmp_path: Path) -> None:
    from matplotlib.figure import Figure

    draw_fronts(traded, tmp_path / "a.png")
    gc.collect()
    assert [held for held in gc.get_objects() if type(held) is Figure] == []
    pyplot = sys.modules.get("matplotlib.pyplot")
    assert pyplot is None or pyplot.get_fignums() == []
