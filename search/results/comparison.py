"""Searches side by side, after as many epochs each."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from search.errors import refuse
from search.results.front_comparison import front_columns
from search.results.goal import Goal
from search.results.pareto import is_trade_off
from search.results.result import SearchResult
from search.results.spending import epochs_in_time
from search.results.trials import FAULTY, TRAINED, State

BUDGET_SHARES = (0.1, 0.25, 0.5, 0.75, 1.0)


def comparison_table(results: Sequence[SearchResult]) -> pd.DataFrame:
    """Searches side by side: what each reached, and what it had reached after the same epochs.

    **Raises**: UserError if they do not improve the same numbers in the same directions.
    """
    _require_one_goal(results)
    shared = min((result.epochs_spent() for result in results), default=0)
    budgets = sorted({max(1, round(shared * share)) for share in BUDGET_SHARES})
    several = bool(results) and is_trade_off(results[0])
    reached = front_columns(results, budgets) if several else _best_columns(results, budgets)
    rows = [_common(result) | own for result, own in zip(results, reached, strict=True)]
    return pd.DataFrame(rows)


def _require_one_goal(results: Sequence[SearchResult]) -> None:
    by_goal: dict[Goal, list[str]] = {}
    for result in results:
        by_goal.setdefault(result.goal, []).append(result.name)
    if len(by_goal) < 2:
        return
    told = "; ".join(f"{', '.join(names)}: {_said(goal)}" for goal, names in by_goal.items())
    message = "these searches have different objectives, so that no value of one stands beside one"
    raise refuse(
        " ".join(result.name for result in results),
        f"{message} of another ({told}); give each group of them a tune-table of its own",
    )


def _said(goal: Goal) -> str:
    return ", ".join(f"{part.metric} ({part.mode})" for part in goal.parts)


def _common(result: SearchResult) -> dict[str, Any]:
    return {
        "search": result.name,
        "metric": ", ".join(result.goal.metrics),
        "trials": len(result.started()),
        "complete": result.count(State.COMPLETE),
        "stopped": result.count(State.STOPPED),
        "faulty": sum(result.count(state) for state in FAULTY),
        "epochs": result.epochs_spent(),
        "seconds": round(sum(trial.seconds for trial in result.started()), 1),
    }


def _best_columns(
    results: Sequence[SearchResult], budgets: Sequence[int]
) -> Iterator[dict[str, Any]]:
    for result in results:
        best = result.ranked()[:1]
        curve = best_by_epochs_spent(result)
        yield {"best": best[0].value(result.objective) if best else math.nan} | {
            f"after_{budget}_epochs": _reached(curve, budget) for budget in budgets
        }


def best_by_epochs_spent(result: SearchResult) -> list[tuple[int, float]]:
    """The best value so far against the epochs that all trials together have spent.

    Every epoch counts, but only values of trials that can be believed do.
    """
    objective = result.objective
    curve: list[tuple[int, float]] = []
    spent, best = 0, math.nan
    for epochs, trial, report in epochs_in_time(result):
        spent += epochs
        is_believed = trial.state in TRAINED
        value = report.metrics.get(objective.metric, math.nan) if is_believed else math.nan
        best = value if objective.is_better(value, best) else best
        curve.append((spent, best))
    return curve


def _reached(curve: Sequence[tuple[int, float]], budget: int) -> float:
    return next((value for spent, value in reversed(curve) if spent <= budget), math.nan)
