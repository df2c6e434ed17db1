"""How a cut on the score changes the shape of the background in a variable."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trainables import sculpting
from trainables.pictures.paper import color, sheet, tell
from trainables.pictures.shown import Shown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CORNER = (0.96, 0.94)
ROOM = 1.25
"""How far the axis goes beyond the highest bin, for the texts."""


def draw(events: Shown) -> Figure | None:
    """The background that passes beside that which fails, each of area 1; with `val_jsd`."""
    cut = events.cut
    if cut is None:
        return None
    sides = {
        f"passes at {cut.efficiency:.0%} of the signal": cut.passing,
        "fails": cut.failing,
    }
    shapes = {name: side / max(side.sum(), 1e-12) for name, side in sides.items()}
    top = ROOM * max(float(shape.max()) for shape in shapes.values())
    low, high = cut.edges[0], cut.edges[-1]
    x_marks = (0.0, f"{low:.4g}"), (1.0, f"{high:.4g}")
    y_marks = (0.0, "0"), (1 / ROOM, f"{top / ROOM:.2g}")
    figure, axes = sheet(cut.variable, "share of the background", x_marks, y_marks, turned=True)
    axes.set_xlim(low, high)
    axes.set_ylim(0, top or 1.0)
    for number, (name, shape) in enumerate(shapes.items()):
        axes.stairs(shape, cut.edges, color=color(number))
        tell(axes, number, name, color(number), CORNER)
    tell(axes, len(shapes), f"JSD {sculpting.jsd(cut):.4f} bits", "0.3", CORNER)
    return figure
