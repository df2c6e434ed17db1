"""Which rows an epoch is made of, where the classes are to appear equally often."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor

Sampler = Literal["none", "over", "under"]


def n_drawn(labels: Tensor, sampler: Sampler) -> int:
    """How many rows an epoch has. **Shapes** labels [N]."""
    counts = torch.unique(labels, return_counts=True)[1]
    each = {"over": counts.max(), "under": counts.min()}
    return len(labels) if sampler == "none" else len(counts) * int(each[sampler])


def draw(labels: Tensor, sampler: Sampler, generator: torch.Generator) -> Tensor:
    """Row numbers of one epoch in random order.

    `over` draws rows of the rarer classes again until each class has as many as the largest,
    `under` leaves rows of the larger classes out, other ones each time.

    **Shapes** labels [N] -> [`n_drawn`].
    """
    if sampler == "none":
        return torch.randperm(len(labels), generator=generator)
    kinds, counts = torch.unique(labels, return_counts=True)
    wanted = int(counts.max() if sampler == "over" else counts.min())
    of_class = [torch.nonzero(labels == kind).flatten() for kind in kinds]
    drawn = torch.cat([_of_one(rows, wanted, generator) for rows in of_class])
    return drawn[torch.randperm(len(drawn), generator=generator)]


def _of_one(rows: Tensor, wanted: int, generator: torch.Generator) -> Tensor:
    """Every row once, or a part of them; then some again."""
    once = rows[torch.randperm(len(rows), generator=generator)[:wanted]]
    again = torch.randint(len(rows), (wanted - len(once),), generator=generator)
    return torch.cat([once, rows[again]])
