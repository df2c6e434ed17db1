"""What is known of all trials together, kept up to date by one change at a time.

Ten thousand trials cost no more at a change than ten: nothing here goes through all of them, but
for the front of several objectives, which is looked for once a change at most.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections import Counter, deque
from collections.abc import Sequence

from search.cli.found_so_far import found_so_far
from search.results.fronts import Vector
from search.results.goal import Goal
from search.results.trials import FAULTY, TRAINED, State, TrialRecord, ranked


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

    def __init__(self, goal: Goal, max_epochs: int) -> None:
        self._goal = goal
        self._max_epochs = max_epochs
        self._trials: dict[int, TrialRecord] = {}
        self._values: dict[int, Vector] = {}
        """Of the trials that have reached anything."""
        self._believed = Ranking()
        self._trained = Ranking()
        self._front: list[TrialRecord] | None = None
        self._found: str | None = None
        self._running: set[int] = set()
        self._faulty: deque[int] = deque(maxlen=2)
        self.states: Counter[State] = Counter()
        self.epochs = 0
        """Trained by all trials."""
        self.saved = 0
        """Not trained by those that were stopped."""

    def put(self, trial: TrialRecord) -> None:
        """A trial is there, or has changed."""
        self._front = self._found = None
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
        values = trial.values(self._goal)
        if all(map(math.isfinite, values)):
            self._values[trial.number] = values
            for ranking in self._rankings(trial):
                ranking.put(self._cost(values), trial.number)

    def _drop(self, trial: TrialRecord) -> None:
        self._running.discard(trial.number)
        values = self._values.pop(trial.number, None)
        if values is not None:
            for ranking in self._rankings(trial):
                ranking.drop(self._cost(values), trial.number)

    def _cost(self, values: Vector) -> float:
        """The first objective, its negative where larger is better."""
        return -self._goal.parts[0].sign * values[0]

    def _rankings(self, trial: TrialRecord) -> list[Ranking]:
        believed = [] if trial.state in FAULTY else [self._believed]
        return [*believed, self._trained] if trial.state in TRAINED else believed

    @property
    def finished(self) -> int:
        """How many trials do not run."""
        return len(self._trials) - self.states[State.RUNNING]

    def values(self, number: int) -> Vector:
        """What a trial has reached so far, for each objective; empty if nothing."""
        return self._values.get(number, ())

    def found(self) -> str:
        """What all trials that are not faulty have found, running ones included, in a line."""
        if self._found is None:
            enough = 1 if self._is_scalar() else len(self._values)
            numbers = self._believed.first(enough)
            self._found = found_so_far(self._goal, {n: self._values[n] for n in numbers})
        return self._found

    def running(self) -> list[TrialRecord]:
        """The trials that run, by number."""
        return [self._trials[number] for number in sorted(self._running)]

    def ranked(self, count: int) -> list[TrialRecord]:
        """The best few of the trials whose values can be believed."""
        if self._is_scalar():
            return [self._trials[number] for number in self._trained.first(count)]
        if self._front is None:
            self._front = ranked(list(self._trials.values()), self._goal)
        return self._front[: max(0, count)]

    def _is_scalar(self) -> bool:
        return len(self._goal.parts) == 1

    def faults(self) -> Sequence[TrialRecord]:
        """The last two trials that turned out to be faulty."""
        return [self._trials[number] for number in self._faulty]
