"""Mass sculpting: whether background that passes a cut looks in a variable like what does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trainables.pictures.paper import color, sheet, tell
from trainables.pictures.scores import CORNER, ROOM
from trainables.pictures.shown import Shown

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw(events: Shown) -> Figure | None:
    """Shares of the background in bins of the variable, of both sides of the cut."""
    if events.sculpted is None:
        return None
    edges = events.sculpted.edges
    sides = {"passing": events.sculpted.passing, "failing": events.sculpted.failing}
    shares = {name: side / max(float(side.sum()), 1e-300) for name, side in sides.items()}
    top = ROOM * max(float(share.max()) for share in shares.values())
    figure, axes = sheet(
        events.variable,
        f"share of {events.names[0]}",
        x_marks=((0.0, f"{edges[0]:.4g}"), (1.0, f"{edges[-1]:.4g}")),
        y_marks=((0.0, "0"), (1 / ROOM, f"{top / ROOM:.2g}")),
    )
    axes.set(xlim=(edges[0], edges[-1]), ylim=(0, top))
    for number, (name, share) in enumerate(shares.items()):
        axes.stairs(share, edges, color=color(number))
        tell(axes, number, name, color(number), CORNER)
    return figure
