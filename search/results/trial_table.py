"""One row a trial: what was chosen for it, how it ended and what it reached."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from search.causes import headline
from search.results.result import SearchResult
from search.results.trials import TrialRecord
from search.space.labels import Label, Point


def trial_table(result: SearchResult) -> pd.DataFrame:
    """One row a trial in the order of their numbers; a parameter that is not active is empty.

    Of several objectives the rank is the front: 1 where no trial dominates, 2 where only those do.
    """
    ranks = {trial.number: rank for rank, trial in result.placed()}
    rows = [_row(result, trial, ranks.get(trial.number)) for trial in result.started()]
    frame = pd.DataFrame(rows, columns=_columns(result, rows))
    whole = ["rank", "best_epoch", *(n for n in result.parameters if _is_whole(rows, n))]
    return frame.astype(dict.fromkeys(whole, "Int64"))


def _is_whole(rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    """Whether a parameter has whole numbers only; pandas makes fractions of them beside a gap."""
    values = [row[name] for row in rows if row[name] is not None]
    return bool(values) and all(type(value) is int for value in values)


def _row(result: SearchResult, trial: TrialRecord, rank: int | None) -> dict[str, Any]:
    goal = result.goal
    best = trial.best_report(goal)
    checkpoint = trial.best_checkpoint(goal)
    said = {**(best.metrics if best else {}), **result.tests.get(trial.number, {})}
    own: dict[str, Any] = {
        "trial": trial.number,
        "rank": rank,
        "state": trial.state.value,
        **dict(zip(goal.metrics, trial.values(goal), strict=True)),
        "best_epoch": best.epoch if best else None,
        "epochs": trial.epochs,
        "attempts": trial.attempts,
        "seconds": round(trial.seconds, 2),
        "seed": trial.seed,
    }
    made_by = trial.point_at(best.epoch) if best else trial.point
    point = {name: shown_label(made_by, name) for name in result.parameters}
    last = {
        "checkpoint": checkpoint.path if checkpoint else None,
        "cause": headline(trial.cause) or None,
    }
    # A metric that is called like a column of ours gives way to it.
    return said | point | own | last


def shown_label(point: Point, name: str) -> Label:
    """The label of a parameter; one that was set to nothing is not one that is not active."""
    return "null" if name in point and point[name] is None else point.get(name)


def _columns(result: SearchResult, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Our own columns first, then parameters, metrics and test metrics; files and causes last."""
    seen = list(dict.fromkeys(name for row in rows for name in row))
    own = ["trial", "rank", "state", *result.goal.metrics, "best_epoch", "epochs", "attempts"]
    fixed = list(dict.fromkeys([*own, "seconds", "seed", *result.parameters]))
    last = ["checkpoint", "cause"]
    return fixed + [name for name in seen if name not in fixed and name not in last] + last
