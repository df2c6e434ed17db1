"""The median rule, without its pauses, and with the trials of an earlier run to compare with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ray.tune import schedulers
from ray.tune.experiment import Trial
from ray.tune.schedulers import TrialScheduler

from search.engine import words
from search.engine.asha import Curves
from search.engine.words import BEST, EPOCH


@dataclass(frozen=True)
class Earlier:
    """Stands for a trial of an earlier run."""

    number: int


class SteadyMedian(schedulers.MedianStoppingRule):
    """Median stopping that lets a trial go on while there are too few others to compare it with.

    Ray's rule pauses it then, to make way for the others, and it would begin again from nothing.
    """

    def __init__(self, curves: Curves, **options: Any) -> None:
        super().__init__(**options)
        for number, curve in curves.items():
            if curve:
                self._results[Earlier(number)] = [{EPOCH: e, BEST: best} for e, best in curve]

    def on_trial_add(self, tune_controller: Any, trial: Trial) -> None:
        super().on_trial_add(tune_controller, trial)
        before = self._results.pop(Earlier(trial.config["number"]), [])
        # What it reached after the checkpoint that it goes on from is reported once more.
        kept = [result for result in before if result[EPOCH] <= trial.config["start"]["epoch"]]
        if kept:
            self._results[trial] = kept

    def on_trial_result(self, tune_controller: Any, trial: Trial, result: dict[str, Any]) -> str:
        # The last message says its epoch once more, and would count twice in its mean.
        if result.get(words.RETURNED):
            return TrialScheduler.CONTINUE
        return str(super().on_trial_result(tune_controller, trial, result))

    def on_trial_complete(self, tune_controller: Any, trial: Trial, result: dict[str, Any]) -> None:
        """Nothing: Ray's rule would count the last result twice, which no record does."""

    def _on_insufficient_samples(self, *_: Any) -> str:
        return TrialScheduler.CONTINUE
