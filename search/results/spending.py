"""The epochs of a search in the order in which they were finished."""

from __future__ import annotations

from operator import itemgetter

from search.results.result import SearchResult
from search.results.trials import Report, TrialRecord


def epochs_in_time(result: SearchResult) -> list[tuple[int, TrialRecord, Report]]:
    """Each report with its trial and the epochs trained since the one before, by its time."""
    timed: list[tuple[float, int, TrialRecord, Report]] = []
    for trial in result.started():
        before = 0
        for report in trial.reports:
            when = trial.started + report.seconds
            timed.append((when, report.epoch - before, trial, report))
            before = report.epoch
    return [
        (epochs, trial, report) for _, epochs, trial, report in sorted(timed, key=itemgetter(0))
    ]
