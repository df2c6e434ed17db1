"""What is known of all trials together, kept up to date by one change at a time.

Ten thousand trials cost no more at a change than ten: nothing here goes through all of them.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections import Counter, deque
from collections.abc import Sequence

from search.results.trials import FAULTY, TRAINED, Objective, State, TrialRecord


class Ranking:
    """Numbers of trials by their values, best first; ties keep the order of the numbers."""

    def __init__(self) -> None:
        self._places: list[tuple[float, int]] = []

    def put(self, cost: float, number: int) -> None:
        """Take in a trial; of two costs the smaller one is better."""
        insort(self._places, (cost, number))

    def drop(self, cost: float, number: int) -> None:
        """Leave out a trial that was taken in with this cost."""
        del self._places[bisect_left(self._places, (cost, number))]

    def first(self, count: int) -> list[int]:
        """The numbers of the best few."""
        return [number for _, number in self._places[: max(0, count)]]


class Tally:
    """Trials by state, what they have cost and found."""

    def __init__(self, objective: Objective, max_epochs: int) -> None:
        self._objective = objective
        self._max_epochs = max_epochs
        self._trials: dict[int, TrialRecord] = {}
        self._costs: dict[int, float] = {}
        """Of the trials that have a value: its negative where larger is better."""
        self._believed = Ranking()
        self._trained = Ranking()
        self._running: set[int] = set()
        self._faulty: deque[int] = deque(maxlen=2)
        self.states: Counter[State] = Counter()
        self.epochs = 0
        """Trained by all trials."""
        self.saved = 0
        """Not trained by those that were stopped."""

    def put(self, trial: TrialRecord) -> None:
        """A trial is there, or has changed."""
        before = self._trials.get(trial.number)
        if before is not None:
            self._add(before, -1)
            self._drop(before)
        self._trials[trial.number] = trial
        self._add(trial, +1)
        self._take(trial)
        if trial.state in FAULTY and (before is None or before.state not in FAULTY):
            self._faulty.append(trial.number)

    def _add(self, trial: TrialRecord, sign: int) -> None:
        self.states[trial.state] += sign
        self.epochs += sign * trial.epochs
        if trial.state is State.STOPPED:
            self.saved += sign * (self._max_epochs - trial.epochs)

    def _take(self, trial: TrialRecord) -> None:
        if trial.state is State.RUNNING:
            self._running.add(trial.number)
        value = trial.value(self._objective)
        if math.isfinite(value):
            self._costs[trial.number] = -self._objective.sign * value
            for ranking in self._rankings(trial):
                ranking.put(self._costs[trial.number], trial.number)

    def _drop(self, trial: TrialRecord) -> None:
        self._running.discard(trial.number)
        cost = self._costs.pop(trial.number, None)
        if cost is not None:
            for ranking in self._rankings(trial):
                ranking.drop(cost, trial.number)

    def _rankings(self, trial: TrialRecord) -> list[Ranking]:
        believed = [] if trial.state in FAULTY else [self._believed]
        return [*believed, self._trained] if trial.state in TRAINED else believed

    @property
    def finished(self) -> int:
        """How many trials do not run."""
        return len(self._trials) - self.states[State.RUNNING]

    def value(self, number: int) -> float:
        """The best value of a trial so far, or NaN."""
        return -self._objective.sign * self._costs.get(number, math.nan)

    def best(self) -> int | None:
        """The best of all trials that are not faulty, running ones included."""
        return next(iter(self._believed.first(1)), None)

    def running(self) -> list[TrialRecord]:
        """The trials that run, by number."""
        return [self._trials[number] for number in sorted(self._running)]

    def ranked(self, count: int) -> list[TrialRecord]:
        """The best few of the trials whose values can be believed."""
        return [self._trials[number] for number in self._trained.first(count)]

    def faults(self) -> Sequence[TrialRecord]:
        """The last two trials that turned out to be faulty."""
        return [self._trials[number] for number in self._faulty]
