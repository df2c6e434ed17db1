"""Weights that let rare classes count as much as frequent ones."""

from __future__ import annotations

from collections.abc import Sequence


def balanced(counts: Sequence[float]) -> tuple[float, ...]:
    """The weight N / (n_i C) of each class, with which all classes weigh N / C together.

    **Shapes** [C] -> [C]. **Units** `counts`: rows of the training part, or sums of their weights.
    **Raises** ValueError if a class has nothing in it.
    """
    if min(counts) <= 0:
        empty = [number for number, count in enumerate(counts) if count <= 0]
        raise ValueError(f"classes {empty} have no training rows, so that no weight balances them")
    total = sum(counts)
    return tuple(total / (count * len(counts)) for count in counts)
