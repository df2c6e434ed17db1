"""A search as it is read back from its record: where tables, MLflow and commands start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from search.results.goal import Goal
from search.results.trade_off import goal_in
from search.results.trials import NEVER_STARTED, Objective, State, TrialRecord, placed


@dataclass(frozen=True)
class SearchResult:
    """What a search has found so far."""

    name: str
    manifest: Mapping[str, Any]
    trials: tuple[TrialRecord, ...]
    tests: Mapping[int, Mapping[str, float]]
    """Test metrics by trial; only finalists have any, and no sampler ever saw them."""

    @property
    def goal(self) -> Goal:
        return goal_in(self.manifest)

    @property
    def objective(self) -> Objective:
        """The only number that the search improves.

        **Raises**: ValueError if there are several; whoever asks must know what to do then.
        """
        only, *others = self.goal.parts
        if others:
            named = ", ".join(self.goal.metrics)
            raise ValueError(f"{self.name} has several objectives ({named}): ask for its goal")
        return only

    @property
    def max_epochs(self) -> int:
        return int(self.manifest["max_epochs"])

    @property
    def parameters(self) -> tuple[str, ...]:
        """The searched parameters in the order of the space."""
        return tuple(self.manifest["parameters"])

    @property
    def choices(self) -> tuple[str, ...]:
        """The searched parameters that are choices, whatever the type of their options."""
        return tuple(self.manifest["choices"])

    def placed(self) -> list[tuple[int, TrialRecord]]:
        """The trials whose values can be believed, in order, each with its rank."""
        return placed(self.trials, self.goal)

    def ranked(self) -> list[TrialRecord]:
        """The trials whose values can be believed, best first."""
        return [trial for _, trial in self.placed()]

    def tests_at(self, number: int, epoch: int) -> Mapping[str, float]:
        """The test metrics of a trial, if it is the checkpoint of this epoch that was tested."""
        for trial in self.trials:
            if trial.number == number and number in self.tests:
                tested = trial.best_checkpoint(self.goal)
                return self.tests[number] if tested and tested.epoch == epoch else {}
        return {}

    def started(self) -> list[TrialRecord]:
        """The trials that were trained, however they ended, by number."""
        return [trial for trial in self.trials if trial.state not in NEVER_STARTED]

    def count(self, state: State) -> int:
        """How many points are in a state."""
        return sum(trial.state is state for trial in self.trials)

    def epochs_spent(self) -> int:
        """Epochs trained over all trials."""
        return sum(trial.epochs for trial in self.started())

    def epochs_saved(self) -> int:
        """Epochs that stopped trials did not train."""
        return sum(
            self.max_epochs - trial.epochs for trial in self.trials if trial.state is State.STOPPED
        )
