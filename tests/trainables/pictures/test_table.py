from __future__ import annotations

import gc
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from trainables.pictures import files, paper, shown, table
from trainables.pictures.shown import Shown

SIZE = (440, 330)


OF_TWO = {"sculpting"}
"""Pictures that several classes do not have."""

DRAWN = [
    *((name, "two") for name in table.PICTURES),
    *((name, "four") for name in table.PICTURES if name not in OF_TWO),
]


@pytest.mark.parametrize(("name", "events"), DRAWN)
def test_each_picture_is_drawn_of_two_classes_and_of_more(
    name: str, events: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    figure = table.PICTURES[name](request.getfixturevalue(events))
    assert isinstance(figure, Figure)
    files.write({name: figure}, tmp_path, 7)
    found = grey(tmp_path / "pictures" / f"0007_{name}.png")
    # there is something on the paper
    assert changed_share(found, tmp_path) > 0.005


def changed_share(picture: NDArray[Any], folder: Path) -> float:
    """Of the points within the axes, those that an empty sheet has otherwise."""
    figure, axes = paper.sheet("", "")
    files.write({"sheet": figure}, folder, 0)
    empty = grey(folder / "pictures" / "0000_sheet.png")
    assert picture.shape == empty.shape
    left, bottom, right, top = np.round(axes.get_window_extent().extents).astype(int)
    inside = slice(len(empty) - top + 2, len(empty) - bottom - 2), slice(left + 2, right - 2)
    return float((picture[inside] != empty[inside]).mean())


def grey(file: Path) -> NDArray[Any]:
    with Image.open(file) as image:
        assert image.size == SIZE
        return np.asarray(image.convert("L"), dtype=int)


def test_nothing_is_drawn_on_an_empty_sheet(tmp_path: Path) -> None:
    figure, _ = paper.sheet("false positive rate", "true positive rate")
    files.write({"empty": figure}, tmp_path, 7)
    assert changed_share(grey(tmp_path / "pictures" / "0007_empty.png"), tmp_path) == 0


def test_a_network_that_diverged_has_no_pictures() -> None:
    logits, labels = np.array([np.nan, 1.0]), np.array([0.0, 1.0])
    assert table.draw(shown.of_logits(logits, labels, np.ones(2), ("a", "b"))) == {}


def test_a_picture_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    class Broken(Figure):
        def savefig(self, fname: Any, **kwargs: Any) -> None:
            Path(fname).write_bytes(b"half")
            raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        files.write({"roc": Broken()}, tmp_path, 1)
    assert list((tmp_path / "pictures").glob("*.png")) == []


def test_nothing_is_left_of_a_figure_when_it_is_written(two: Shown, tmp_path: Path) -> None:
    files.write(table.draw(two), tmp_path, 0)
    before = counted()
    for epoch in range(1, 51):
        files.write(table.draw(two), tmp_path, epoch)
    after = counted()
    assert {kind: n for kind, n in after.items() if kind.startswith("matplotlib")} == {
        kind: n for kind, n in before.items() if kind.startswith("matplotlib")
    }
    # less than one object of any kind for each picture
    assert sum(after.values()) - sum(before.values()) < 50 * len(table.PICTURES)
    assert len(list((tmp_path / "pictures").iterdir())) == 51 * len(table.PICTURES)


def counted() -> Counter[str]:
    """How many objects there are of each type."""
    gc.collect()
    return Counter(f"{type(one).__module__}.{type(one).__name__}" for one in gc.get_objects())


def test_pyplot_which_keeps_figures_is_not_even_imported(tmp_path: Path) -> None:
    code = f"""
import sys, pathlib, numpy
from trainables.pictures import files, shown, table
events = shown.of_logits(numpy.arange(9.0), numpy.arange(9.0) % 2, numpy.ones(9), ("a", "b"))
files.write(table.draw(events), pathlib.Path({str(tmp_path)!r}), 1)
print("matplotlib.pyplot" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
    assert len(list((tmp_path / "pictures").iterdir())) == len(set(table.PICTURES) - OF_TWO)
