"""What Optuna is told of the trials: a view that follows from what the record has committed."""

from __future__ import annotations

from collections.abc import Mapping

import optuna
from optuna.storages import RDBStorage
from optuna.study import StudyDirection
from optuna.trial import TrialState

from search.engine.record_reader import RecordReader
from search.engine.record_words import Committed
from search.results.trials import FAULTY, State

DIRECTIONS = {"max": StudyDirection.MAXIMIZE, "min": StudyDirection.MINIMIZE}

TOLD: Mapping[State, TrialState] = {
    State.COMPLETE: TrialState.COMPLETE,
    State.STOPPED: TrialState.PRUNED,
    State.REJECTED: TrialState.PRUNED,
    **dict.fromkeys(FAULTY, TrialState.FAIL),
}
"""What Optuna is told about each end; a stopped trial never counts as a complete one, and an
interrupted one has not ended."""


class Telling:
    """Tells the samplers and the dashboard of Optuna what became of the trials."""

    def __init__(self, study: optuna.Study, storage: RDBStorage, reader: RecordReader) -> None:
        self._study = study
        self._storage = storage
        self._reader = reader

    def running(self, number: int) -> None:
        """That a trial runs, for the first time or again."""
        self._show(number, State.RUNNING)

    def epoch(self, number: int, epoch: Committed) -> None:
        """The best value so far of a trial, as the scheduler sees it."""
        self._value(number, epoch.report.epoch, epoch.best)

    def end(self, number: int) -> None:
        """How a trial ended; a duplicate ends as the trial that it repeats."""
        trial = ended = self._reader.trial(number)
        self._show(number, trial.state)
        if trial.duplicate_of is not None:
            ended = self._reader.trial(trial.duplicate_of)
            if ended.state is State.STOPPED:
                self._value(number, ended.epochs, ended.value(self._reader.objective()))
        told = TOLD.get(ended.state, TrialState.FAIL if ended is not trial else None)
        if told is None:
            return
        is_complete = told is TrialState.COMPLETE
        values = ended.value(self._reader.objective()) if is_complete else None
        self._study.tell(number, values, told, skip_if_finished=True)

    def reconcile(self) -> None:
        """Tell what was committed and not yet told; doing it twice changes nothing."""
        for number in self._reader.untold():
            told = self._storage.get_trial(self._reader.key(number)).intermediate_values
            for epoch in self._reader.epochs(number):
                if epoch.report.epoch not in told:
                    self.epoch(number, epoch)
            self.end(number)

    def _value(self, number: int, epoch: int, value: float) -> None:
        self._storage.set_trial_intermediate_value(self._reader.key(number), epoch, value)

    def _show(self, number: int, state: State) -> None:
        """Where optuna-dashboard shows it; nothing of ours reads it."""
        self._storage.set_trial_user_attr(self._reader.key(number), "state", state.value)
