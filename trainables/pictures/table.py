"""All pictures of classified events; another one is one more function and its line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from trainables.pictures import calibration, confusion, roc, scores, sculpting
from trainables.pictures.shown import Shown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PICTURES: Mapping[str, Callable[[Shown], Figure | None]] = {
    "roc": roc.draw,
    "scores": scores.draw,
    "confusion": confusion.draw,
    "calibration": calibration.draw,
    "sculpting": sculpting.draw,
}
"""What draws each picture, by the name of its file; None where these events have none."""


def draw(events: Shown) -> dict[str, Figure]:
    """Every picture that these events have; none of a network that diverged."""
    if not events.is_usable:
        return {}
    drawn = {name: draw(events) for name, draw in PICTURES.items()}
    return {name: figure for name, figure in drawn.items() if figure is not None}
