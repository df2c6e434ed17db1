"""The front of a search as a picture: what dominates, what is dominated, and the knee."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from search.results.pareto import TradePoint, reached, trade_off_of
from search.results.result import SearchResult
from search.results.trials import Objective

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INCHES = 5.0
DOTS_PER_INCH = 120
STEPS = {"max": "steps-pre", "min": "steps-post"}
BETTER = {"max": "larger is better", "min": "smaller is better"}


def draw_fronts(result: SearchResult, file: Path) -> None:
    """Draw each pair of objectives, as a PNG; a figure that no window and no state ever holds."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    points, parts = reached(result), trade_off_of(result).parts
    pairs = list(combinations(range(len(parts)), 2))
    figure = Figure(figsize=(INCHES * len(pairs), INCHES), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, len(pairs), squeeze=False)[0]
    for panel, (across, up) in zip(panels, pairs, strict=True):
        _draw(panel, points, parts, across, up)
        panel.set_xlabel(_axis(parts[across]))
        panel.set_ylabel(_axis(parts[up]))
    panels[0].legend(fontsize="small")
    on_front = sum(point.front == 1 for point in points)
    figure.suptitle(f"{result.name}: {on_front} of {len(points)} trade-offs are not dominated")
    figure.savefig(file, format="png", dpi=DOTS_PER_INCH)


def _draw(
    panel: Axes,
    points: Sequence[TradePoint],
    parts: Sequence[Objective],
    across: int,
    up: int,
) -> None:
    front = sorted((p for p in points if p.front == 1), key=lambda point: point.values[across])
    behind = [point for point in points if point.front > 1]
    panel.scatter(
        [p.values[across] for p in behind],
        [p.values[up] for p in behind],
        s=18,
        color="0.7",
        label="dominated",
    )
    panel.plot(
        [p.values[across] for p in front],
        [p.values[up] for p in front],
        # With three objectives a pair of them is not ordered along the front.
        linestyle="-" if len(parts) == 2 else "",
        # Around what is dominated: between two points of a front nothing was reached.
        drawstyle=STEPS[parts[across].mode],
        linewidth=1,
        marker="o",
        color="tab:blue",
        label="not dominated",
    )
    # The first point of all is the knee of the first front (`reached`).
    panel.scatter(
        [p.values[across] for p in points[:1]],
        [p.values[up] for p in points[:1]],
        s=160,
        marker="*",
        color="tab:red",
        zorder=3,
        label="knee",
    )


def _axis(objective: Objective) -> str:
    return f"{objective.metric} ({BETTER[objective.mode]})"
