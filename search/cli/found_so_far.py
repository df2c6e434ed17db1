"""What a running search has found so far, in one line."""

from __future__ import annotations

from collections.abc import Mapping

from search.results.fronts import Vector, front_numbers
from search.results.goal import Goal
from search.results.trade_off import TradeOff
from search.results.trials import Objective

WAYS = {"max": "up to", "min": "down to"}


def found_so_far(goal: Goal, values: Mapping[int, Vector]) -> str:
    """The best value with its trial, or the size of the front and its ends; nothing for nothing.

    `values` are those of the trials that may be believed, by their numbers.
    """
    if not values:
        return ""
    if not isinstance(goal, TradeOff):
        number = _best(goal.parts[0], 0, values)
        return f"best {values[number][0]:.5g}, trial {number:05d}"
    fronts = front_numbers([goal.losses(vector) for vector in values.values()])
    ends = []
    for place, part in enumerate(goal.parts):
        number = _best(part, place, values)
        ends.append(
            f"{part.metric} {WAYS[part.mode]} {values[number][place]:.5g} (trial {number:05d})"
        )
    return f"{sum(front == 1 for front in fronts)} on the front: {', '.join(ends)}"


def _best(objective: Objective, place: int, values: Mapping[int, Vector]) -> int:
    """The number of the trial that is best in one objective, the first of equals."""
    return max(values, key=lambda number: objective.sign * values[number][place])
