"""From a scheduler's name and options in the YAML to Ray Tune's scheduler, on our own two axes.

Time is always the reported `epoch`, never Ray's `training_iteration`, which restarts with a trial.
The value is always the best so far, so that no curve is stopped for one bad epoch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ray.tune import schedulers
from ray.tune.schedulers import TrialScheduler

from search import spec
from search.engine.asha import Curves, RefilledAsha
from search.engine.front_asha import FrontAsha
from search.engine.hyperband import EndingHyperband
from search.engine.median import SteadyMedian
from search.engine.pbt import build_pbt
from search.engine.words import BEST, EPOCH
from search.results.trade_off import TradeOff
from search.space.space import Space


def _asha(
    options: spec.AshaScheduler, max_epochs: int, mode: str, curves: Curves
) -> TrialScheduler:
    # Half an epoch below the end: the last epoch is no rung, and no trial is "stopped" there.
    return RefilledAsha(
        curves,
        time_attr=EPOCH,
        metric=BEST,
        mode=mode,
        max_t=max(max_epochs - 0.5, options.grace_epochs),
        grace_period=options.grace_epochs,
        reduction_factor=options.reduction_factor,
        brackets=1,
        stop_last_trials=False,
    )


def _median(options: spec.MedianScheduler, _: int, mode: str, curves: Curves) -> TrialScheduler:
    return SteadyMedian(
        curves,
        time_attr=EPOCH,
        metric=BEST,
        mode=mode,
        grace_period=options.grace_epochs,
        min_samples_required=options.min_trials,
    )


def _none(_: spec.NoScheduler, __: int, ___: str, ____: Curves) -> TrialScheduler:
    return schedulers.FIFOScheduler()  # type: ignore[no-untyped-call]


def _hyperband(
    options: spec.HyperbandScheduler, max_epochs: int, mode: str, _: Curves
) -> TrialScheduler:
    return EndingHyperband(
        time_attr=EPOCH,
        metric=BEST,
        mode=mode,
        max_t=max_epochs,
        reduction_factor=options.reduction_factor,
    )


SCHEDULERS: dict[type[Any], Callable[[Any, int, str, Curves], TrialScheduler]] = {
    spec.AshaScheduler: _asha,
    spec.MedianScheduler: _median,
    spec.NoScheduler: _none,
    spec.HyperbandScheduler: _hyperband,
}


def build_scheduler(
    options: spec.Scheduler,
    space: Space,
    max_epochs: int,
    mode: str,
    seed: int,
    curves: Curves | None = None,
) -> TrialScheduler:
    """Ray Tune's scheduler for the options; `curves` are those of the trials of an earlier run."""
    if isinstance(options, spec.PbtScheduler):
        return build_pbt(options, space, mode, seed)
    return SCHEDULERS[type(options)](options, max_epochs, mode, curves or {})


def _front_asha(
    options: spec.AshaScheduler, max_epochs: int, goal: TradeOff, curves: Curves
) -> TrialScheduler:
    return FrontAsha(goal, rungs(options, max_epochs), options.reduction_factor, curves)


def _front_none(
    options: spec.NoScheduler, max_epochs: int, _: TradeOff, curves: Curves
) -> TrialScheduler:
    return _none(options, max_epochs, "", curves)


FRONT_SCHEDULERS: dict[type[Any], Callable[[Any, int, TradeOff, Curves], TrialScheduler]] = {
    spec.AshaScheduler: _front_asha,
    spec.NoScheduler: _front_none,
}
"""Those that can compare trials by several objectives; `spec.ONE_OBJECTIVE` says why not others."""


def build_front_scheduler(
    options: spec.Scheduler, max_epochs: int, goal: TradeOff, curves: Curves
) -> TrialScheduler:
    """Ray Tune's scheduler for the options in a search of several objectives."""
    return FRONT_SCHEDULERS[type(options)](options, max_epochs, goal, curves)


def rungs(options: spec.Scheduler, max_epochs: int) -> tuple[int, ...]:
    """The epochs at which ASHA compares trials, in whole numbers (no logarithm to round)."""
    if not isinstance(options, spec.AshaScheduler):
        return ()
    found = []
    rung = options.grace_epochs
    while rung < max_epochs:
        found.append(rung)
        rung *= options.reduction_factor
    return tuple(found)
