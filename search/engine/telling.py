"""What Optuna is told of the trials: a view that follows from what the record has committed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState

from search.engine.record_attributes import Attributes
from search.engine.record_words import Committed, commits, held, is_begun, read_trial
from search.results.trials import FAULTY, Objective, State, TrialRecord

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

    def __init__(self, attributes: Attributes, objective: Callable[[], Objective]) -> None:
        self._attributes = attributes
        self._objective = objective

    def epoch(self, number: int, epoch: Committed) -> None:
        """The best value so far of a trial, as the scheduler sees it."""
        self._value(number, epoch.report.epoch, epoch.best)

    def end(self, trial: TrialRecord) -> None:
        """How a trial ended; a duplicate ends as the trial that it repeats."""
        self._attributes.show(trial.number, trial.state)
        ended = trial
        if trial.duplicate_of is not None:
            ended = read_trial(self._attributes.frozen(trial.duplicate_of))
            if ended.state is State.STOPPED:
                self._value(trial.number, ended.epochs, ended.value(self._objective()))
        told = TOLD.get(ended.state, TrialState.FAIL if ended is not trial else None)
        if told is None:
            return
        values = ended.value(self._objective()) if told is TrialState.COMPLETE else None
        self._attributes.study.tell(trial.number, values, told, skip_if_finished=True)

    def reconcile(self) -> None:
        """Tell what was committed and not yet told; doing it twice changes nothing."""
        running = (TrialState.RUNNING,)
        for trial in self._attributes.study.get_trials(deepcopy=False, states=running):
            if is_begun(trial):
                for epoch in _untold(trial):
                    self.epoch(trial.number, epoch)
                self.end(read_trial(trial))

    def _value(self, number: int, epoch: int, value: float) -> None:
        key = self._attributes.key(number)
        self._attributes.storage.set_trial_intermediate_value(key, epoch, value)


def _untold(trial: FrozenTrial) -> Iterator[Committed]:
    told = trial.intermediate_values
    return (epoch for epoch in commits(held(trial)) if epoch.report.epoch not in told)
