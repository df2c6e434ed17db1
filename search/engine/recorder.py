"""What happens to the trials, as Ray Tune tells it: written to the record, told to listeners.

Every hook is guarded: whatever goes wrong here is counted and logged, and the search goes on, since
Ray Tune ends the whole search when a callback raises.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from ray.tune import Callback
from ray.tune.experiment import Trial as RayTrial

from search.engine import words
from search.engine.causes import cause_of
from search.engine.ends import EarlyEnd
from search.engine.record import Record
from search.engine.stateless import Stateless
from search.results.folder import SearchFolder
from search.results.trials import Checkpoint, Perturbation, Point, Report, State, TrialRecord

log = logging.getLogger(__name__)


class Listener(Protocol):
    """Who wants to know: the live view, the MLflow tracker, the rule that ends a faulty search."""

    def trial_changed(self, trial: TrialRecord) -> None:
        """A trial has started, reported or ended."""
        ...


class Recorder(Stateless, Callback):
    """Writes every report and every end into the record, then tells the listeners."""

    def __init__(
        self,
        record: Record,
        folder: SearchFolder,
        end: EarlyEnd,
        resolve: Callable[[Point], Mapping[str, Any]],
    ) -> None:
        self._record = record
        self._resolve = resolve
        self._folder = folder
        self._objective = record.objective()
        self._end = end
        self._numbers: dict[str, int] = {}
        self._at_its_end: set[int] = set()
        self._points: dict[int, Point] = {}
        self.listeners: list[Listener] = []
        self.faults = 0

    def begin(self, trial_id: str, number: int) -> None:
        """The searcher has made a trial of Ray's with this number of ours."""
        self._numbers[trial_id] = number
        self._guard(self._tell, number)

    def on_trial_result(
        self,
        iteration: int,
        trials: list[RayTrial],
        trial: RayTrial,
        result: dict[str, Any],
        **_: Any,
    ) -> None:
        """An epoch is finished, or `fit` has returned."""
        self._guard(self._result, trial, result)

    def on_trial_complete(
        self, iteration: int, trials: list[RayTrial], trial: RayTrial, **_: Any
    ) -> None:
        """A trial has ended without an exception."""
        self._guard(self._complete, trial)

    def on_trial_error(
        self, iteration: int, trials: list[RayTrial], trial: RayTrial, **_: Any
    ) -> None:
        """A trial has ended with an exception, or its process has died."""
        self._guard(self._error, trial)

    def end_unfinished(self) -> None:
        """Mark what still runs as interrupted: the search is over."""
        cause = self._end.reason or "the search ended before the trial did"
        for number in self._numbers.values():
            if self._record.trial(number).state is State.RUNNING:
                self._guard(self._finish, number, State.INTERRUPTED, cause)

    def _guard(self, step: Callable[..., None], *arguments: Any) -> None:
        try:
            step(*arguments)
        except Exception:
            self.faults += 1
            log.exception("could not record what a trial did")

    def _result(self, trial: RayTrial, result: dict[str, Any]) -> None:
        number = self._numbers[trial.trial_id]
        if result.get(words.RETURNED):
            self._at_its_end.add(number)
            return
        if result[words.EPOCH] >= result[words.PLANNED]:
            self._at_its_end.add(number)
        self._note_perturbation(number, trial, result[words.EPOCH])
        self._record.report(
            number,
            Report(**result[words.REPORT]),
            result[words.BEST],
            tuple(Checkpoint(**c) for c in result[words.CHECKPOINTS]),
        )
        self._tell(number)

    def _note_perturbation(self, number: int, trial: RayTrial, epoch: int) -> None:
        point = dict(trial.config["point"])
        if self._points.setdefault(number, point) != point:
            self._points[number] = point
            self._record.perturb(number, Perturbation(epoch, point, self._resolve(point)))

    def _complete(self, trial: RayTrial) -> None:
        number = self._numbers[trial.trial_id]
        known = self._record.trial(number)
        if known.state is not State.RUNNING:
            return
        state, cause = self._end_of(known)
        self._finish(number, state, cause)

    def _end_of(self, known: TrialRecord) -> tuple[State, str | None]:
        if not known.reports:
            return State.FAILED, "the trial ended without reporting a single epoch"
        last = known.reports[-1].metrics.get(self._objective.metric, math.nan)
        if not math.isfinite(last):
            return State.DIVERGED, f"{self._objective.metric} was {last} at epoch {known.epochs}"
        if known.number in self._at_its_end:
            return State.COMPLETE, None
        if self._end.reason:
            return State.INTERRUPTED, self._end.reason
        return State.STOPPED, None

    def _error(self, trial: RayTrial) -> None:
        number = self._numbers[trial.trial_id]
        self._finish(number, State.FAILED, cause_of(trial, self._folder.trial(number)))

    def _finish(self, number: int, state: State, cause: str | None) -> None:
        value = self._record.trial(number).value(self._objective)
        self._record.finish(number, state, value, cause)
        self._tell(number)

    def _tell(self, number: int) -> None:
        known = self._record.trial(number)
        for listener in self.listeners:
            self._guard(listener.trial_changed, known)
