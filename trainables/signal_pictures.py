"""The pictures of a validation of `signal`."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from trainables import metrics, sculpting
from trainables.pictures import shown
from trainables.pictures import table as pictures

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from trainables.rows import Table
    from trainables.sculpting import Floats, View


def draw(
    logits: Floats,
    labels: Floats,
    weights: Floats,
    spectators: Floats,
    *,
    table: Table,
    view: View | None,
) -> dict[str, Figure]:
    """Every picture of these events, by its name; with a view also that of the sculpting.

    **Shapes** logits [N] or [N, C], labels [N], weights [N], spectators [N, S].
    """
    events = shown.of_logits(logits, labels, weights, table.classes)
    if view is not None and events.is_usable:
        scored = metrics.scored(logits, labels, weights)
        events = dataclasses.replace(
            events,
            variable=table.spectators[view.column],
            sculpted=sculpting.cut(scored, spectators[:, view.column], view),
        )
    return pictures.draw(events)
