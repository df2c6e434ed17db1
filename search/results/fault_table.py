"""Why trials were faulty: each cause once, with how many trials it ended."""

from __future__ import annotations

import pandas as pd

from search.causes import headline
from search.results.result import SearchResult
from search.results.trials import FAULTY

COLUMNS = ("state", "trials", "first", "cause")


def fault_table(result: SearchResult) -> pd.DataFrame:
    """One row a cause, the most frequent first; empty where no trial was faulty."""
    numbers: dict[tuple[str, str], list[int]] = {}
    for trial in result.trials:
        if trial.state in FAULTY:
            told = (trial.state.value, headline(trial.cause))
            numbers.setdefault(told, []).append(trial.number)
    # First those with the most trials, then those that came first.
    often = sorted(numbers.items(), key=lambda item: (-len(item[1]), min(item[1])))
    rows = [(state, len(found), min(found), cause) for (state, cause), found in often]
    return pd.DataFrame(rows, columns=list(COLUMNS))
