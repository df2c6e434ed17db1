"""What Optuna is told of the trials: a view that follows from what the record has committed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import optuna
from optuna.storages import RDBStorage
from optuna.study import StudyDirection
from optuna.trial import TrialState

from search.engine.record_reader import RecordReader
from search.engine.record_words import Committed
from search.results.fronts import Vector
from search.results.goal import Goal
from search.results.trials import FAULTY, TRAINED, State, TrialRecord

DIRECTIONS = {"max": StudyDirection.MAXIMIZE, "min": StudyDirection.MINIMIZE}


def directions_of(goal: Goal) -> list[StudyDirection]:
    """Where better values lie, for each metric of a goal."""
    return [DIRECTIONS[part.mode] for part in goal.parts]


TOLD: Mapping[State, TrialState] = {
    State.COMPLETE: TrialState.COMPLETE,
    State.STOPPED: TrialState.PRUNED,
    State.REJECTED: TrialState.PRUNED,
    **dict.fromkeys(FAULTY, TrialState.FAIL),
}
"""What Optuna is told about each end; a stopped trial never counts as a complete one, and an
interrupted one has not ended."""


class Telling:
    """Tells the samplers and the dashboard of Optuna what became of the trials.

    In a study of several objectives a trial has no value but its last one: Optuna takes none at an
    epoch, and its samplers fail where they find one. A stopped trial has no values there at all.
    """

    def __init__(self, study: optuna.Study, storage: RDBStorage, reader: RecordReader) -> None:
        self._study = study
        self._storage = storage
        self._reader = reader

    def running(self, number: int) -> None:
        """That a trial runs, for the first time or again."""
        self._show(number, {"state": State.RUNNING.value})

    def epoch(self, number: int, epoch: Committed) -> None:
        """The best value so far of a trial, as the scheduler sees it."""
        if isinstance(epoch.best, float) and self._is_scalar():
            self._value(number, epoch.report.epoch, epoch.best)

    def end(self, number: int) -> None:
        """How a trial ended; a duplicate ends as the trial that it repeats."""
        trial = ended = self._reader.trial(number)
        self._show(number, {"state": trial.state.value})
        if trial.duplicate_of is not None:
            ended = self._reader.trial(trial.duplicate_of)
        told = TOLD.get(ended.state, TrialState.FAIL if ended is not trial else None)
        if told is None:
            return
        values = ended.values(self._reader.goal()) if ended.state in TRAINED else ()
        if ended.state is State.STOPPED:
            self._stopped(number, ended, values)
        is_complete = told is TrialState.COMPLETE
        self._study.tell(number, values if is_complete else None, told, skip_if_finished=True)

    def _stopped(self, number: int, ended: TrialRecord, values: Vector) -> None:
        """Say what a stopped trial had reached: to the sampler, or only to whoever looks on."""
        if not self._is_scalar():
            metrics = self._reader.goal().metrics
            self._show(number, dict(zip(metrics, values, strict=True)))
        elif number != ended.number:
            self._value(number, ended.epochs, values[0])

    def reconcile(self) -> None:
        """Tell what was committed and not yet told; doing it twice changes nothing."""
        for number in self._reader.untold():
            told = self._storage.get_trial(self._reader.key(number)).intermediate_values
            for epoch in self._reader.epochs(number):
                if epoch.report.epoch not in told:
                    self.epoch(number, epoch)
            self.end(number)

    def _is_scalar(self) -> bool:
        return len(self._study.directions) == 1

    def _value(self, number: int, epoch: int, value: float) -> None:
        self._storage.set_trial_intermediate_value(self._reader.key(number), epoch, value)

    def _show(self, number: int, told: Mapping[str, Any]) -> None:
        """Where optuna-dashboard shows it; nothing of ours reads it."""
        for name, value in told.items():
            self._storage.set_trial_user_attr(self._reader.key(number), name, value)
