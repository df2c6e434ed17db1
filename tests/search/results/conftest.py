"""Trials and searches written by hand, for numbers that can be added up by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from search.results.result import SearchResult
from search.results.trials import Report, State, TrialRecord

MakeTrial = Callable[..., TrialRecord]
MakeResult = Callable[..., SearchResult]


@pytest.fixture
def trial() -> MakeTrial:
    """A trial that reported these scores at epochs 1, 2, ..., one second each."""

    def make(
        number: int = 0,
        scores: Sequence[float] = (),
        state: State = State.COMPLETE,
        others: Sequence[float] = (),
        **more: Any,
    ) -> TrialRecord:
        metrics = [{"score": score} for score in scores]
        for known, other in zip(metrics, others, strict=False):
            known["other"] = other
        reports = tuple(Report(n, float(n), m) for n, m in enumerate(metrics, start=1))
        held: dict[str, Any] = {"point": {}, "seed": 0} | more
        return TrialRecord(number=number, state=state, reports=reports, **held)

    return make


@pytest.fixture
def result() -> MakeResult:
    """A search of these trials."""

    def make(*trials: TrialRecord, mode: str = "max", name: str = "toy", **more: Any) -> Any:
        tests = more.pop("tests", {})
        manifest = {
            "search": {"metric": "score", "mode": mode},
            "parameters": ["kind", "depth"],
            "choices": ["kind"],
            "max_epochs": 9,
        }
        return SearchResult(name, manifest | more, trials, tests)

    return make
