"""Trials and searches written by hand, for numbers that can be added up by hand."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from search.results.result import SearchResult
from search.results.trials import Checkpoint, Report, State, TrialRecord

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


@pytest.fixture
def found(train_fault: Any, manifest: dict[str, Any]) -> SearchResult:
    """Three trials; score = 9 x, so that trial 1 is best, then 2, then 0; other = 1 - x."""
    trials = tuple(train_fault(n, x=x, kind="1e-3") for n, x in enumerate([0.1, 0.9, 0.5]))
    return SearchResult("toy", manifest, trials, {1: {"test_score": 8.0}})


@pytest.fixture
def small(trial: Any, result: Any) -> Any:
    """Five points: three with values, one diverged, one that was never trained."""
    deep = {"kind": "deep", "depth": 3}
    return result(
        trial(0, [0.2, 0.6], point={"kind": "plain"}),
        trial(1, [0.9, 0.8, 0.7], point=deep, checkpoints=(Checkpoint("c/1", 1, 0.9, "ab"),)),
        trial(2, [0.4], State.STOPPED, point={"kind": "plain"}),
        trial(3, [0.1, math.nan], State.DIVERGED, point=deep, cause="x\nValueError: no"),
        trial(4, state=State.DUPLICATE, point=deep),
        tests={1: {"test_score": 0.85}},
    )


TWO = {"metric": ["score", "other"], "mode": ["max", "min"]}
"""A search of two objectives: score is to be large, other to be small."""


@pytest.fixture
def traded(trial: Any, result: Any) -> SearchResult:
    """Six trials of two objectives, one epoch each, all but one with a checkpoint of it.

    Not dominated are trials 0, 1, 2 and 4. On scaled axes their losses are (0, 1), (0.1, 0.6),
    (0.4, 0.4) and (1, 0), so that trial 1 is the knee. Trial 3 is dominated by trial 2 alone, and
    trial 5 cannot be believed.
    """
    reached = [(1.0, 10.0), (0.9, 6.0), (0.6, 4.0), (0.5, 5.0), (0.0, 0.0), (9.0, -9.0)]
    kinds = ["plain", "deep", "plain", "deep", "plain", "deep"]
    trials = [
        trial(
            number,
            [score],
            State.FAILED if number == 5 else State.STOPPED if number == 4 else State.COMPLETE,
            others=[other],
            point={"kind": kind, "depth": number},
            checkpoints=(Checkpoint(f"c/{number}", 1, (score, other), "ab"),),
        )
        for number, ((score, other), kind) in enumerate(zip(reached, kinds, strict=True))
    ]
    found: SearchResult = result(*trials, search=TWO, tests={1: {"test_score": 0.8}})
    return found


@pytest.fixture
def traded_found(traded_trials: Any, traded_manifest: dict[str, Any]) -> SearchResult:
    """Three trials that were really trained; trial 1 is the knee, and was tested."""
    return SearchResult("toy", traded_manifest, traded_trials, {1: {"test_score": 16.0}})
