"""What Ray Tune asks at each result and at each step: does this trial, or everything, stop now?"""

from __future__ import annotations

from typing import Any

from ray.tune import Stopper

from search.engine import words
from search.engine.ends import EarlyEnd
from search.engine.stateless import Stateless
from search.results.goal import is_finite


class SearchStopper(Stateless, Stopper):
    """Stops a trial whose objective is not finite at once, and all trials at an early end."""

    def __init__(self, end: EarlyEnd) -> None:
        self._end = end

    def __call__(self, trial_id: str, result: dict[str, Any]) -> bool:
        """Whether this trial must stop: ASHA would never see that NaN is bad."""
        return not is_finite(result.get(words.BEST, 0.0))

    def stop_all(self) -> bool:
        """Whether the search must stop."""
        return self._end.stop_all()
