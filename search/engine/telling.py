"""What Optuna is told of the trials: a view that follows from what the record has committed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState

from search.engine.record_attributes import Attributes
from search.engine.record_words import Committed, commits, held, is_begun, read_trial
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

    def __init__(self, attributes: Attributes, goal: Callable[[], Goal]) -> None:
        self._attributes = attributes
        self._goal = goal

    def epoch(self, number: int, epoch: Committed) -> None:
        """The best value so far of a trial, as the scheduler sees it."""
        if isinstance(epoch.best, float) and self._is_scalar():
            self._value(number, epoch.report.epoch, epoch.best)

    def end(self, trial: TrialRecord) -> None:
        """How a trial ended; a duplicate ends as the trial that it repeats."""
        self._attributes.show(trial.number, {"state": trial.state.value})
        ended = trial
        if trial.duplicate_of is not None:
            ended = read_trial(self._attributes.frozen(trial.duplicate_of))
        told = TOLD.get(ended.state, TrialState.FAIL if ended is not trial else None)
        if told is None:
            return
        values = ended.values(self._goal()) if ended.state in TRAINED else ()
        if ended.state is State.STOPPED:
            self._stopped(trial.number, ended, values)
        is_complete = told is TrialState.COMPLETE
        self._attributes.study.tell(
            trial.number, values if is_complete else None, told, skip_if_finished=True
        )

    def _stopped(self, number: int, ended: TrialRecord, values: Vector) -> None:
        """Say what a stopped trial had reached: to the sampler, or only to whoever looks on."""
        if not self._is_scalar():
            self._attributes.show(number, dict(zip(self._goal().metrics, values, strict=True)))
        elif number != ended.number:
            self._value(number, ended.epochs, values[0])

    def reconcile(self) -> None:
        """Tell what was committed and not yet told; doing it twice changes nothing."""
        running = (TrialState.RUNNING,)
        for trial in self._attributes.study.get_trials(deepcopy=False, states=running):
            if is_begun(trial):
                for epoch in _untold(trial):
                    self.epoch(trial.number, epoch)
                self.end(read_trial(trial))

    def _is_scalar(self) -> bool:
        return len(self._attributes.study.directions) == 1

    def _value(self, number: int, epoch: int, value: float) -> None:
        key = self._attributes.key(number)
        self._attributes.storage.set_trial_intermediate_value(key, epoch, value)


def _untold(trial: FrozenTrial) -> Iterator[Committed]:
    told = trial.intermediate_values
    return (epoch for epoch in commits(held(trial)) if epoch.report.epoch not in told)
