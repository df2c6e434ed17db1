"""Hyperband that lets a trial at its last epoch end by itself."""

from __future__ import annotations

from typing import Any

from ray.tune import schedulers
from ray.tune.experiment import Trial
from ray.tune.schedulers import TrialScheduler

from search.engine import words


class EndingHyperband(schedulers.HyperBandScheduler):
    """Ray's Hyperband pauses a trial at its last epoch, and stops it when its bracket is done.

    Of two that come there together, it overlooks the one whose pause is still being saved, which
    then stays paused for ever.
    """

    def on_trial_result(self, tune_controller: Any, trial: Trial, result: dict[str, Any]) -> str:
        if result.get(words.RETURNED) or result[words.EPOCH] >= result[words.PLANNED]:
            return TrialScheduler.CONTINUE
        return str(super().on_trial_result(tune_controller, trial, result))
