"""The tables of a search: one row a trial, one table a choice, and searches side by side."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any

import pandas as pd
from scipy import stats

from search.causes import headline
from search.errors import refuse
from search.results.folder import SearchFolder
from search.results.result import SearchResult
from search.results.trials import FAULTY, TRAINED, Objective, State, TrialRecord
from search.space.labels import Label, Point

CONFIDENCE = 0.9
BUDGET_SHARES = (0.1, 0.25, 0.5, 0.75, 1.0)


def trial_table(result: SearchResult) -> pd.DataFrame:
    """One row a trial in the order of their numbers; a parameter that is not active is empty."""
    ranks = {trial.number: rank for rank, trial in enumerate(result.ranked(), start=1)}
    rows = [_row(result, trial, ranks.get(trial.number)) for trial in result.started()]
    frame = pd.DataFrame(rows, columns=_columns(result, rows))
    whole = ["rank", "best_epoch", *(n for n in result.parameters if _is_whole(rows, n))]
    return frame.astype(dict.fromkeys(whole, "Int64"))


def _is_whole(rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    """Whether a parameter has whole numbers only; pandas makes fractions of them beside a gap."""
    values = [row[name] for row in rows if row[name] is not None]
    return bool(values) and all(type(value) is int for value in values)


def _row(result: SearchResult, trial: TrialRecord, rank: int | None) -> dict[str, Any]:
    objective = result.objective
    best = trial.best_report(objective)
    checkpoint = trial.best_checkpoint(objective)
    said = {**(best.metrics if best else {}), **result.tests.get(trial.number, {})}
    own: dict[str, Any] = {
        "trial": trial.number,
        "rank": rank,
        "state": trial.state.value,
        objective.metric: trial.value(objective),
        "best_epoch": best.epoch if best else None,
        "epochs": trial.epochs,
        "attempts": trial.attempts,
        "seconds": round(trial.seconds, 2),
        "seed": trial.seed,
    }
    made_by = trial.point_at(best.epoch) if best else trial.point
    point = {name: _shown(made_by, name) for name in result.parameters}
    last = {
        "checkpoint": checkpoint.path if checkpoint else None,
        "cause": headline(trial.cause) or None,
    }
    # A metric that is called like a column of ours gives way to it.
    return said | point | own | last


def _shown(point: Point, name: str) -> Label:
    """The label of a parameter; one that was set to nothing is not one that is not active."""
    return "null" if name in point and point[name] is None else point.get(name)


def _columns(result: SearchResult, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Our own columns first, then parameters, metrics and test metrics; files and causes last."""
    seen = list(dict.fromkeys(name for row in rows for name in row))
    own = ["trial", "rank", "state", result.objective.metric, "best_epoch", "epochs", "attempts"]
    fixed = list(dict.fromkeys([*own, "seconds", "seed", *result.parameters]))
    last = ["checkpoint", "cause"]
    return fixed + [name for name in seen if name not in fixed and name not in last] + last


def choice_tables(result: SearchResult) -> dict[str, pd.DataFrame]:
    """For each searched choice that any trial made: what the trials with each option reached."""
    trials = trial_table(result)
    made = [name for name in result.choices if trials[name].notna().any()]
    return {name: _choice_table(result, trials, name) for name in made}


def _choice_table(result: SearchResult, trials: pd.DataFrame, name: str) -> pd.DataFrame:
    rows = [
        _choice_row(result, str(value), group)
        for value, group in trials.groupby(name, sort=False, dropna=True)
    ]
    ascending = result.objective.mode == "min"
    return pd.DataFrame(rows).sort_values("best", ascending=ascending, na_position="last")


def _choice_row(result: SearchResult, value: str, group: pd.DataFrame) -> dict[str, Any]:
    reached = group.loc[group["rank"].notna(), result.objective.metric].astype(float)
    low, high = median_interval(reached.tolist())
    stopped = int((group["state"] == State.STOPPED.value).sum())
    return {
        "value": value,
        "trials": len(group),
        "best": getattr(reached, result.objective.mode)() if len(reached) else math.nan,
        "median": reached.median() if len(reached) else math.nan,
        "median_low": low,
        "median_high": high,
        "share_stopped": stopped / len(group),
    }


def median_interval(values: Sequence[float]) -> tuple[float, float]:
    """The 90 % confidence interval of a median; NaN where there are too few values to tell.

    Source: order statistics under the binomial law, `scipy.stats.quantile_test`.
    """
    if len(values) < 2:
        return math.nan, math.nan
    middle = float(pd.Series(values).median())
    interval = stats.quantile_test(values, q=middle, p=0.5).confidence_interval(CONFIDENCE)
    return float(interval.low), float(interval.high)


def comparison_table(results: Sequence[SearchResult]) -> pd.DataFrame:
    """Searches side by side: what each reached, and what it had reached after the same epochs.

    **Raises**: UserError if they do not improve the same number in the same direction.
    """
    _require_one_objective(results)
    shared = min((result.epochs_spent() for result in results), default=0)
    budgets = sorted({max(1, round(shared * share)) for share in BUDGET_SHARES})
    return pd.DataFrame([_search_row(result, budgets) for result in results])


def _require_one_objective(results: Sequence[SearchResult]) -> None:
    by_objective: dict[Objective, list[str]] = {}
    for result in results:
        by_objective.setdefault(result.objective, []).append(result.name)
    if len(by_objective) < 2:
        return
    told = "; ".join(
        f"{', '.join(names)}: {objective.metric} ({objective.mode})"
        for objective, names in by_objective.items()
    )
    message = "these searches have different objectives, so that no value of one stands beside one"
    raise refuse(
        " ".join(result.name for result in results),
        f"{message} of another ({told}); give each group of them a tune-table of its own",
    )


def _search_row(result: SearchResult, budgets: Sequence[int]) -> dict[str, Any]:
    best = result.ranked()[:1]
    row: dict[str, Any] = {
        "search": result.name,
        "metric": result.objective.metric,
        "trials": len(result.started()),
        "complete": result.count(State.COMPLETE),
        "stopped": result.count(State.STOPPED),
        "faulty": sum(result.count(state) for state in FAULTY),
        "epochs": result.epochs_spent(),
        "seconds": round(sum(trial.seconds for trial in result.started()), 1),
        "best": best[0].value(result.objective) if best else math.nan,
    }
    curve = best_by_epochs_spent(result)
    return row | {f"after_{budget}_epochs": _reached(curve, budget) for budget in budgets}


def best_by_epochs_spent(result: SearchResult) -> list[tuple[int, float]]:
    """The best value so far against the epochs that all trials together have spent.

    Every epoch counts, but only values of trials that can be believed do.
    """
    objective = result.objective
    curve: list[tuple[int, float]] = []
    spent, best = 0, math.nan
    for _, epochs, value in sorted(_spendings(result), key=itemgetter(0)):
        spent += epochs
        best = value if objective.is_better(value, best) else best
        curve.append((spent, best))
    return curve


def _spendings(result: SearchResult) -> Iterator[tuple[float, int, float]]:
    """Of each report: when it was made, the epochs since the one before, and its value."""
    metric = result.objective.metric
    for trial in result.started():
        before = 0
        for report in trial.reports:
            value = report.metrics.get(metric, math.nan) if trial.state in TRAINED else math.nan
            yield trial.started + report.seconds, report.epoch - before, value
            before = report.epoch


def _reached(curve: Sequence[tuple[int, float]], budget: int) -> float:
    return next((value for spent, value in reversed(curve) if spent <= budget), math.nan)


def write_tables(result: SearchResult, folder: SearchFolder) -> list[Path]:
    """Write every table of a search as CSV, Markdown and Parquet; returns the files."""
    trials = trial_table(result)
    _replace(folder.trials_csv, lambda path: trials.to_csv(path, index=False))
    files = [folder.trials_csv, *write_table(trials, folder.tables / "trials")]
    for name, table in choice_tables(result).items():
        files += write_table(table, folder.tables / f"by_{name}")
    return files


def write_table(table: pd.DataFrame, stem: Path) -> list[Path]:
    """One table in three formats, each written aside and renamed."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    written = []
    for suffix, write in WRITERS.items():
        path = stem.with_name(stem.name + suffix)
        _replace(path, lambda target, write=write: write(table, target))  # type: ignore[misc]
        written.append(path)
    return written


def _replace(path: Path, write: Callable[[Path], Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    write(aside)
    aside.replace(path)


def _write_parquet(table: pd.DataFrame, path: Path) -> None:
    # A column may hold texts and numbers side by side (a choice of both): Parquet wants one type.
    mixed = [name for name in table if pd.api.types.infer_dtype(table[name]).startswith("mixed")]
    plain = table.assign(**{str(name): table[name].map(_as_text) for name in mixed})
    plain.to_parquet(path, index=False)


def _as_text(value: Any) -> str | None:
    return None if pd.isna(value) else value if isinstance(value, str) else json.dumps(value)


def _write_markdown(table: pd.DataFrame, path: Path) -> None:
    # A bar inside a cell would end the cell.
    escaped = table.map(
        lambda value: value.replace("|", r"\|") if isinstance(value, str) else value
    )
    path.write_text(escaped.to_markdown(index=False) + "\n")


WRITERS: dict[str, Callable[[pd.DataFrame, Path], Any]] = {
    ".csv": lambda table, path: table.to_csv(path, index=False),
    ".md": _write_markdown,
    ".parquet": _write_parquet,
}
