"""ASHA for several objectives: the trials of a rung are compared by fronts, not by a number."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ray.tune.experiment import Trial
from ray.tune.schedulers import FIFOScheduler, TrialScheduler

from search.engine import words
from search.engine.asha import Curves
from search.results.fronts import Vector, in_order
from search.results.goal import Worth
from search.results.trade_off import TradeOff


class FrontAsha(FIFOScheduler):
    """Asynchronous successive halving over the fronts of each rung.

    A trial comes to a rung with what it is worth by then: the values of one of its epochs
    (`TradeOff`). Of the n trials that have come there, itself included, one in `reduction_factor`
    goes on, rounded up: those that none dominates first, then those that only these dominate, and
    so on. Where a front must be cut, its knee goes on, then each time the trial farthest from those
    that do, so that the trials at the next rung lie all along it. Numbers of trials decide ties, so
    that a resume decides as the search would have. The first trial at a rung goes on.

    **Source**: MO-ASHA with an epsilon net, Schmucker et al., arXiv:2106.12639; here the net is
    laid on axes that are scaled by the front, and from its knee.
    """

    def __init__(
        self,
        goal: TradeOff,
        rungs: Sequence[int],
        reduction_factor: int,
        curves: Curves,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._goal = goal
        self._factor = reduction_factor
        self._rungs: dict[int, dict[int, Vector]] = {rung: {} for rung in rungs}
        for number, curve in curves.items():
            for epoch, worth in curve:
                # It was decided when the epoch was trained; here only its values count.
                self._reach(number, epoch, worth)

    def on_trial_add(self, tune_controller: Any, trial: Trial) -> None:
        number, epoch = trial.config["number"], trial.config["start"]["epoch"]
        for rung, reached in self._rungs.items():
            # What it reached after the checkpoint that it goes on from is reported once more.
            if rung > epoch:
                reached.pop(number, None)

    def on_trial_result(self, tune_controller: Any, trial: Trial, result: dict[str, Any]) -> str:
        number = trial.config["number"]
        reached = self._reach(number, result[words.EPOCH], result[words.BEST])
        if reached is None or result.get(words.RETURNED):
            return TrialScheduler.CONTINUE
        return TrialScheduler.CONTINUE if self._goes_on(number, reached) else TrialScheduler.STOP

    def _reach(self, number: int, epoch: int, worth: Worth) -> dict[int, Vector] | None:
        """Enter a trial at the last rung that it has come to; None if it is at no new one."""
        rung = max((rung for rung in self._rungs if rung <= epoch), default=None)
        if rung is None or number in self._rungs[rung] or isinstance(worth, float):
            return None
        self._rungs[rung][number] = self._goal.losses(worth)
        return self._rungs[rung]

    def _goes_on(self, number: int, reached: Mapping[int, Vector]) -> bool:
        numbers = sorted(reached)
        order = [numbers[index] for _, index in in_order([reached[n] for n in numbers])]
        return order.index(number) < math.ceil(len(order) / self._factor)
