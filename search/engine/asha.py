"""ASHA that outlives its process: Ray saves no rungs, the record does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from ray.tune import schedulers
from ray.tune.experiment import Trial

from search.results.goal import Worth

Curve = Sequence[tuple[int, Worth]]
"""What a scheduler saw of a trial: epochs, and what its best one was worth by each."""

Curves = Mapping[int, Curve]


class RefilledAsha(schedulers.ASHAScheduler):
    """ASHA that knows, after a resume, what the trials before it reached at each rung.

    Ray saves no rungs. A trial that goes on has a new identifier there, so that its entries move.
    """

    def __init__(self, curves: Curves, **options: Any) -> None:
        super().__init__(**options)
        self._sign = 1.0 if options["mode"] == "max" else -1.0
        self._keys: dict[int, str] = {}
        for number, curve in curves.items():
            self._fill(number, f"earlier {number}", curve)

    def on_trial_add(self, tune_controller: Any, trial: Trial) -> None:
        super().on_trial_add(tune_controller, trial)
        number, epoch = trial.config["number"], trial.config["start"]["epoch"]
        before = self._keys.get(number)
        self._keys[number] = trial.trial_id
        for milestone, recorded in self._brackets[0]._rungs:
            value = recorded.pop(before, None)
            # What it reached after the checkpoint that it goes on from is reported once more.
            if value is not None and milestone <= epoch:
                recorded[trial.trial_id] = value

    def _fill(self, number: int, key: str, curve: Curve) -> None:
        self._keys[number] = key
        known: Any = SimpleNamespace(trial_id=key)
        for epoch, best in curve:
            assert not isinstance(best, tuple), "several objectives have a scheduler of their own"
            # The decision was made when the epoch was trained; here only the value counts.
            self._brackets[0].on_result(known, epoch, self._sign * best)
