"""What the pictures are drawn on: figures that nothing but their caller knows of.

Half of the time of a picture would go into the ticks of matplotlib's axes; a few texts do as well.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

Marks = Iterable[tuple[float, str]]
"""Texts along an axis, each with its place from 0 to 1."""

INCHES, DOTS_PER_INCH = (4.4, 3.3), 100
BOX = (0.15, 0.16, 0.81, 0.77)
UNIT: Marks = ((0.0, "0"), (0.5, "0.5"), (1.0, "1"))
MOST_POINTS = 1000
"""A longer curve would show no more."""


def sheet(
    x_label: str, y_label: str, x_marks: Marks = UNIT, y_marks: Marks = UNIT, turned: bool = False
) -> tuple[Figure, Axes]:
    """An empty figure with one pair of axes from 0 to 1; `turned` marks stand along their axis.

    Not by pyplot, which keeps every figure it makes until somebody closes it.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=INCHES, dpi=DOTS_PER_INCH)
    axes = figure.add_axes(BOX, xlim=(0, 1), ylim=(0, 1))
    axes.xaxis.set_visible(False)
    axes.yaxis.set_visible(False)
    # A title with a place of its own is not moved out of the way, which costs a look at all texts.
    axes.set_title("", y=1.0)
    upright = "vertical" if turned else "horizontal"
    for place, text in x_marks:
        _write(axes, (place, -0.02), text, ha="center", va="top")
    for place, text in y_marks:
        _write(axes, (-0.02, place), text, ha="right", va="center", rotation=upright)
    _write(axes, (0.5, -0.1), x_label, ha="center", va="top")
    _write(axes, (-0.1, 0.5), y_label, ha="right", va="center", rotation="vertical")
    return figure, axes


def draw_diagonal(axes: Axes) -> None:
    """A dashed line from corner to corner."""
    axes.plot((0, 1), (0, 1), color="0.7", linestyle="--", linewidth=1)


def tell(axes: Axes, line: int, text: str, color: str, corner: tuple[float, float]) -> None:
    """One of the lines of a legend, from a corner towards the middle."""
    x, y = corner
    place = (x, y + (0.075 if y < 0.5 else -0.075) * line)
    _write(axes, place, text, color=color, ha="right" if x > 0.5 else "left", va="center")


def color(number: int) -> str:
    """The colour of a class."""
    return f"C{number % 10}"


def thinned(*curve: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    """The coordinates of a curve at no more than `MOST_POINTS` of its points."""
    n_points = len(curve[0])
    if n_points <= MOST_POINTS:
        return curve
    chosen = np.linspace(0, n_points - 1, MOST_POINTS).astype(int)
    return tuple(part[chosen] for part in curve)


def _write(axes: Axes, place: tuple[float, float], text: str, **style: Any) -> None:
    axes.text(*place, text, transform=axes.transAxes, **style)
