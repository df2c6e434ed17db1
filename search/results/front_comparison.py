"""Searches of the same objectives side by side: the volume of values that each has surpassed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from search.results.fronts import Vector, front_numbers, hypervolume, scaled_by
from search.results.pareto import trade_off_of
from search.results.result import SearchResult
from search.results.spending import epochs_in_time
from search.results.trade_off import TradeOff
from search.results.trials import TRAINED, Report

MARGIN = 0.1
"""How far beyond the worst of the common front the reference lies, as a part of its extent.

Were it on the worst, the extremes of the front would count for nothing.
"""


@dataclass(frozen=True)
class Box:
    """From the best that any search reached in each objective to the reference, as losses."""

    ideal: Vector
    reference: Vector

    def share(self, losses: Sequence[Vector]) -> float:
        """The part of the box that is dominated by these; 1 if one has the best of everything."""
        spans = list(zip(self.ideal, self.reference, strict=True))
        return hypervolume([scaled_by(spans, vector) for vector in losses], (1.0,) * len(spans))


def front_columns(
    results: Sequence[SearchResult], budgets: Sequence[int]
) -> Iterator[dict[str, Any]]:
    """For each search its front and the share of the common box, now and after so many epochs.

    The box spans the front of all these searches together, so that shares of other comparisons do
    not stand beside these; where it begins and ends is told. A trial counts with what stood for it
    at the time (`TradeOff`), if it can be believed.
    """
    goal = trade_off_of(results[0])
    final = [_losses_after(result, goal, math.inf) for result in results]
    box = box_of([losses for each in final for losses in each])
    for result, losses in zip(results, final, strict=True):
        row: dict[str, Any] = {"on_front": sum(n == 1 for n in front_numbers(losses))}
        row["hypervolume"] = box.share(losses) if box else math.nan
        for budget in budgets:
            reached = _losses_after(result, goal, budget)
            row[f"after_{budget}_epochs"] = box.share(reached) if box else math.nan
        yield row | _told(box, goal)


def box_of(losses: Sequence[Vector]) -> Box | None:
    """The box around the front of these vectors, with the margin; None if there are none."""
    if not losses:
        return None
    numbers = front_numbers(losses)
    front = [vector for vector, number in zip(losses, numbers, strict=True) if number == 1]
    ideal = tuple(map(min, zip(*front, strict=True)))
    worst = tuple(map(max, zip(*front, strict=True)))
    widest = tuple(map(max, zip(*losses, strict=True)))
    reference = tuple(map(_beyond, ideal, worst, widest))
    return Box(ideal, reference)


def _beyond(best: float, worst: float, widest: float) -> float:
    # Where the whole front has one value, all that was reached spans the axis; else anything does.
    extent = (worst - best) or (widest - best) or abs(best) or 1.0
    return best + extent * (1 + MARGIN)


def _losses_after(result: SearchResult, goal: TradeOff, budget: float) -> list[Vector]:
    """What stood for each trial when all of them together had trained so many epochs."""
    said: dict[int, list[Report]] = {}
    spent = 0
    for epochs, trial, report in epochs_in_time(result):
        spent += epochs
        if spent > budget:
            break
        if trial.state in TRAINED:
            said.setdefault(trial.number, []).append(report)
    best = [goal.best_report(reports) for reports in said.values()]
    values = [goal.values(report.metrics) for report in best if report is not None]
    return [goal.losses(vector) for vector in values if vector is not None]


def _told(box: Box | None, goal: TradeOff) -> dict[str, str | None]:
    if box is None:
        return {"ideal": None, "reference": None}
    ends = {"ideal": box.ideal, "reference": box.reference}
    return {
        name: ", ".join(
            f"{part.metric} {-part.sign * loss:.4g}"
            for part, loss in zip(goal.parts, losses, strict=True)
        )
        for name, losses in ends.items()
    }
