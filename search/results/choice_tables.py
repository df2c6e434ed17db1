"""One table a choice: what the trials with each of its options reached."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
from scipy import stats

from search.results.pareto import is_trade_off
from search.results.result import SearchResult
from search.results.trial_table import trial_table
from search.results.trials import Objective, State

CONFIDENCE = 0.9


def choice_tables(result: SearchResult) -> dict[str, pd.DataFrame]:
    """For each searched choice that any trial made: what the trials with each option reached."""
    trials = trial_table(result)
    made = [name for name in result.choices if trials[name].notna().any()]
    return {name: _choice_table(result, trials, name) for name in made}


def _choice_table(result: SearchResult, trials: pd.DataFrame, name: str) -> pd.DataFrame:
    row = _front_row if is_trade_off(result) else _choice_row
    rows = [
        row(result, str(value), group)
        for value, group in trials.groupby(name, sort=False, dropna=True)
    ]
    first = result.goal.parts[0]
    by = {"on_front": False, f"best_{first.metric}": first.mode == "min"}
    by = by if is_trade_off(result) else {"best": first.mode == "min"}
    return pd.DataFrame(rows).sort_values(
        list(by), ascending=list(by.values()), na_position="last", kind="stable"
    )


def _choice_row(result: SearchResult, value: str, group: pd.DataFrame) -> dict[str, Any]:
    reached = _reached(result.objective, group)
    low, high = median_interval(reached.tolist())
    return {
        "value": value,
        "trials": len(group),
        "best": _best(result.objective, reached),
        "median": reached.median() if len(reached) else math.nan,
        "median_low": low,
        "median_high": high,
        "share_stopped": _share_stopped(group),
    }


def _front_row(result: SearchResult, value: str, group: pd.DataFrame) -> dict[str, Any]:
    """Of several objectives: how many trials are on the front, and how far each objective goes."""
    row: dict[str, Any] = {"value": value, "trials": len(group)}
    row["on_front"] = int((group["rank"] == 1).sum())
    for objective in result.goal.parts:
        reached = _reached(objective, group)
        row[f"best_{objective.metric}"] = _best(objective, reached)
        row[f"median_{objective.metric}"] = reached.median() if len(reached) else math.nan
    return row | {"share_stopped": _share_stopped(group)}


def _reached(objective: Objective, group: pd.DataFrame) -> pd.Series[float]:
    """What the trials of a group reached that can be believed."""
    return group.loc[group["rank"].notna(), objective.metric].astype(float)


def _best(objective: Objective, reached: pd.Series[float]) -> float:
    return float(getattr(reached, objective.mode)()) if len(reached) else math.nan


def _share_stopped(group: pd.DataFrame) -> float:
    return int((group["state"] == State.STOPPED.value).sum()) / len(group)


def median_interval(values: Sequence[float]) -> tuple[float, float]:
    """The 90 % confidence interval of a median; NaN where there are too few values to tell.

    Source: order statistics under the binomial law, `scipy.stats.quantile_test`.
    """
    if len(values) < 2:
        return math.nan, math.nan
    middle = float(pd.Series(values).median())
    interval = stats.quantile_test(values, q=middle, p=0.5).confidence_interval(CONFIDENCE)
    return float(interval.low), float(interval.high)
