"""Which of the trade-offs of a search is wanted: its knee, one by weights, or one within bounds."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from search.errors import nearest, refuse
from search.results.fronts import scaled_by
from search.results.pareto import TradePoint
from search.results.trade_off import TradeOff
from search.results.trials import Objective

OPTION = "--pick"
KNEE = "knee"
_PART = re.compile(r"\s*([^\s<>=]+)\s*(<=|>=|=|<|>)\s*([^\s<>=]+)\s*")
_BETTER = {"min": "<=", "max": ">="}
"""The bound that keeps what is good enough."""


@dataclass(frozen=True)
class Bound:
    """A value that an objective must keep."""

    place: int
    """Which of the objectives."""
    objective: Objective
    limit: float

    def keeps(self, point: TradePoint) -> bool:
        """Whether a trade-off is good enough."""
        sign = self.objective.sign
        return sign * point.values[self.place] >= sign * self.limit

    def __str__(self) -> str:
        return f"{self.objective.metric}{_BETTER[self.objective.mode]}{self.limit:g}"


@dataclass(frozen=True)
class Pick:
    """What is wanted of a front: within the bounds, the least weighted sum of scaled losses.

    A scaled loss is 0 at the best and 1 at the worst value that the front has. With equal weights
    the least sum is the knee, the point that lies farthest from the line between the extremes
    (`fronts.knee`).
    """

    text: str
    weights: tuple[float, ...]
    bounds: tuple[Bound, ...] = ()


def parse_pick(text: str, goal: TradeOff) -> Pick:
    """What `--pick` says: `knee`, weights (`a=0.7,b=0.3`), bounds (`b<=0.01`), or both.

    Objectives without a bound and without weights share them equally; if all have a bound, all do.

    **Raises**: UserError with what is allowed.
    """
    if text.strip() == KNEE:
        return Pick(KNEE, (1.0,) * len(goal.parts))
    bounds: dict[int, Bound] = {}
    weights: dict[int, float] = {}
    for part in text.split(","):
        found = _PART.fullmatch(part)
        if found is None:
            raise _refused(text, goal)
        name, sign, value = found.groups()
        place = _place(name, goal)
        if place in bounds or place in weights:
            raise refuse(OPTION, f"{name} is given twice in {text!r}; give each objective once")
        if sign == "=":
            weights[place] = _weight(name, value)
        else:
            bounds[place] = _bound(place, goal.parts[place], sign, value)
    return Pick(text.strip(), _all_weights(weights, bounds, goal), tuple(bounds.values()))


def in_pick_order(points: Sequence[TradePoint], pick: Pick, goal: TradeOff) -> list[TradePoint]:
    """The points within the bounds, the wanted one first; what is dominated comes after the front.

    **Raises**: UserError if no point is within the bounds.
    """
    within = [point for point in points if all(bound.keeps(point) for bound in pick.bounds)]
    if points and not within:
        raise refuse(OPTION, _too_strict(points, pick))
    front = [goal.losses(point.values) for point in points if point.front == 1]
    spans = [(min(column), max(column)) for column in zip(*front, strict=True)]

    def key(point: TradePoint) -> tuple[int, float, tuple[float, ...], int]:
        losses = goal.losses(point.values)
        places = scaled_by(spans, losses)
        weighted = math.fsum(w * p for w, p in zip(pick.weights, places, strict=True))
        return point.front, weighted, losses, point.trial.number

    return sorted(within, key=key)


def _place(name: str, goal: TradeOff) -> int:
    if name not in goal.metrics:
        known = ", ".join(goal.metrics)
        close = nearest(name, goal.metrics)
        raise refuse(OPTION, f"{name!r} is no objective of this search; they are: {known}{close}")
    return goal.metrics.index(name)


def _weight(name: str, text: str) -> float:
    weight = _number(name, text)
    if weight < 0:
        raise refuse(OPTION, f"the weight of {name} is {text}; weights are 0 or more")
    return weight


def _bound(place: int, objective: Objective, sign: str, text: str) -> Bound:
    name, fitting = objective.metric, _BETTER[objective.mode]
    if sign[0] != fitting[0]:
        better = "larger" if objective.mode == "max" else "smaller"
        message = f"{name} is better when it is {better}; bound it by {name}{fitting}{text}"
        raise refuse(OPTION, message)
    if sign != fitting:
        raise refuse(OPTION, f"a bound is written {name}{fitting}{text}, found {name}{sign}{text}")
    return Bound(place, objective, _number(name, text))


def _number(name: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise refuse(OPTION, f"{name} needs a finite number, found {text!r}")
    return value


def _all_weights(
    weights: dict[int, float], bounds: dict[int, Bound], goal: TradeOff
) -> tuple[float, ...]:
    places = range(len(goal.parts))
    free = [place for place in places if place not in bounds] or list(places)
    if not weights:
        return tuple(float(place in free) for place in places)
    if lacking := [goal.metrics[place] for place in free if place not in weights]:
        message = f"no weight is given for {', '.join(lacking)}; give each a weight, or 0"
        raise refuse(OPTION, message)
    if not any(weights.values()):
        raise refuse(OPTION, "every weight is 0; give at least one objective a larger one")
    return tuple(weights.get(place, 0.0) for place in places)


def _refused(text: str, goal: TradeOff) -> Exception:
    one, other = goal.parts[0], goal.parts[-1]
    return refuse(
        OPTION,
        f"{text!r} cannot be read; give knee, a weight for each objective "
        f"('{one.metric}=0.7,{other.metric}=0.3'), or a bound "
        f"('{other.metric}{_BETTER[other.mode]}0.01')",
    )


def _too_strict(points: Sequence[TradePoint], pick: Pick) -> str:
    """For each bound the nearest that was reached, and whether all bounds can hold together."""
    said = []
    for bound in pick.bounds:
        best = max(points, key=lambda p: bound.objective.sign * p.values[bound.place])
        value = f"{bound.objective.metric} {best.values[bound.place]:.6g}"
        said.append(f"{bound} (the best is {value}, trial {best.trial.number:05d})")
    return f"nothing that was reached has {' and '.join(said)}; relax it"
