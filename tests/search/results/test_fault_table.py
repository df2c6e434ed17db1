from __future__ import annotations

from typing import Any

from search.results.fault_table import fault_table
from search.results.trials import State


def test_each_cause_is_told_once_and_the_most_frequent_first(trial: Any, result: Any) -> None:
    found = result(
        trial(0, [0.5]),
        trial(1, state=State.DIVERGED, cause="score was nan at epoch 2"),
        trial(2, state=State.FAILED, cause="Traceback\n  line 1\nKeyError: 'a'"),
        trial(3, state=State.FAILED, cause="Traceback\n  line 9\nKeyError: 'a'"),
        trial(4, state=State.INTERRUPTED, cause="Ctrl-C"),
    )
    assert fault_table(found).to_dict("records") == [
        {"state": "failed", "trials": 2, "first": 2, "cause": "KeyError: 'a'"},
        {"state": "diverged", "trials": 1, "first": 1, "cause": "score was nan at epoch 2"},
    ]


def test_a_search_without_faults_has_an_empty_table(trial: Any, result: Any) -> None:
    assert len(fault_table(result(trial(0, [0.5])))) == 0
