"""What a search may use up, over all its runs; reached, it ends and can be resumed with more."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Protocol

from search.durations import as_text
from search.engine.ends import Reached
from search.exits import Exit
from search.results.trials import State, TrialRecord

WRITE_SECONDS = 5.0
"""How much of the time spent a SIGKILL may leave uncounted."""


OVERRUN = 0.1
"""A budget counts as spent exactly, if this part of it more was: nothing ends to the second."""


class Ledger(Protocol):
    """Where the time spent is kept between the runs of a search."""

    def spent(self) -> float:
        """The seconds of all runs so far."""
        ...

    def write_spent(self, seconds: float) -> None:
        """Keep them."""
        ...


class TimeBudget:
    """Ends a search that has run for `search.time_budget`; counts also without one."""

    def __init__(self, budget: float | None, ledger: Ledger) -> None:
        self._budget = budget
        self._ledger = ledger
        self._before = ledger.spent()
        self._begun = self._written = time.monotonic()

    def spent(self) -> float:
        """The seconds of all runs and of this one; a clock that is set does not change them."""
        return self._before + time.monotonic() - self._begun

    def reached(self) -> Reached | None:
        """The end, once the time is spent."""
        if time.monotonic() - self._written >= WRITE_SECONDS:
            self.write()
        if self._budget is None or self.spent() < self._budget:
            return None
        larger = f"search.time_budget={as_text(_larger(self._budget, self.spent()))}"
        return Reached(
            f"search.time_budget, {as_text(self._budget)} over all runs, is spent; "
            f"going on needs a larger one, such as {larger}",
            Exit.BUDGET,
            (larger,),
        )

    def write(self) -> None:
        """Keep what was spent so far."""
        self._written = time.monotonic()
        self._ledger.write_spent(self.spent())


class GpuBudget:
    """Ends a search whose trials have held GPUs for `search.gpu_hours`.

    Of earlier runs counts what their trials reported; of this one all the time that they ran,
    unless trials may be paused (`pausing`), since then they hold no GPU.
    """

    def __init__(
        self, hours: float | None, gpus: float, earlier: Sequence[TrialRecord], pausing: bool
    ) -> None:
        self._hours = hours
        self._gpus = gpus
        self._pausing = pausing
        self._reported = {trial.number: trial.seconds for trial in earlier}
        self._since: dict[int, float] = {}
        self._unreported = 0.0

    def trial_changed(self, trial: TrialRecord) -> None:
        """Count what a trial used since it was last heard of."""
        now = time.monotonic()
        since = self._since.pop(trial.number, now)
        more = max(0.0, trial.seconds - self._reported.get(trial.number, 0.0))
        # A worker that loads its libraries holds a GPU, and so does an epoch that is not finished.
        self._unreported += max(0.0, now - since - more)
        self._reported[trial.number] = trial.seconds
        if trial.state is State.RUNNING and not self._pausing:
            self._since[trial.number] = now

    def spent(self) -> float:
        """GPU hours of all trials."""
        now = time.monotonic()
        running = sum(now - since for since in self._since.values())
        return self._gpus * (sum(self._reported.values()) + self._unreported + running) / 3600

    def reached(self) -> Reached | None:
        """The end, once the hours are spent."""
        if self._hours is None or self.spent() < self._hours:
            return None
        more = f"search.gpu_hours={_larger(self._hours, self.spent()):g}"
        return Reached(
            f"search.gpu_hours, {self._hours:g} over all runs, are spent; "
            f"going on needs more, such as {more}",
            Exit.BUDGET,
            (more,),
        )


def _larger(budget: float, spent: float) -> float:
    """Twice a budget, or more where more was spent: what is left is once the budget, at least."""
    return budget * max(2, 1 + math.ceil(spent / budget - OVERRUN))
