"""The front of a search as a table: what nothing dominates, with what made it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from search.results.pareto import TradePoint, front_of
from search.results.result import SearchResult
from search.results.trial_table import shown_label


def pareto_table(result: SearchResult, count: int | None = None) -> pd.DataFrame:
    """One row for each trade-off that nothing dominates, the best in the first objective first.

    `count` of them lie all along the front, the knee among them; None is all.

    The metrics are those of the epoch and, where they were measured at that epoch, of the test.
    """
    front = front_of(result)
    first = result.goal.parts[0]
    order = sorted(
        front[:count], key=lambda point: (-first.sign * point.values[0], point.trial.number)
    )
    rows = [_row(result, point, point is front[0]) for point in order]
    return pd.DataFrame(rows, columns=_columns(result, rows))


def _row(result: SearchResult, point: TradePoint, is_knee: bool) -> dict[str, Any]:
    trial, goal = point.trial, result.goal
    made_by = trial.point_at(point.epoch)
    return {
        "trial": trial.number,
        "epoch": point.epoch,
        **dict(zip(goal.metrics, point.values, strict=True)),
        "knee": is_knee,
        "state": trial.state.value,
        **{name: shown_label(made_by, name) for name in result.parameters},
        **result.tests_at(trial.number, point.epoch),
        "checkpoint": point.checkpoint.path if point.checkpoint else None,
    }


def _columns(result: SearchResult, rows: list[dict[str, Any]]) -> list[str]:
    own = ["trial", "epoch", *result.goal.metrics, "knee", "state", *result.parameters]
    seen = dict.fromkeys(name for row in rows for name in row if name != "checkpoint")
    return [*dict.fromkeys([*own, *seen]), "checkpoint"]
