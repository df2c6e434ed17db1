"""What happens to the trials, as Ray Tune tells it: written to the record, told to listeners.

Every hook is guarded: whatever goes wrong here is counted and logged, and the search goes on, since
Ray Tune ends the whole search when a callback raises.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from ray.tune import Callback
from ray.tune.experiment import Trial as RayTrial

from search.causes import first_cause, headline
from search.crash_points import reach
from search.engine import words
from search.engine.bad_ends import end_of
from search.engine.endings import Ending, committed_ending, left_by
from search.engine.ends import EarlyEnd
from search.engine.record import Record
from search.engine.record_words import Committed
from search.engine.stateless import Stateless
from search.exits import Exit
from search.results.checkpoints import delete, with_earlier
from search.results.folder import SearchFolder
from search.results.goal import is_finite
from search.results.trials import (
    Checkpoint,
    Perturbation,
    Report,
    State,
    TrialRecord,
    checkpoints_of,
)
from search.space.labels import Point

log = logging.getLogger(__name__)

DYING_SECONDS = 1.0
"""How much later than its workers a raylet that was told to end may be gone."""


class Listener(Protocol):
    """Who wants to know: the live view, the MLflow tracker, the rule that ends a faulty search."""

    def trial_changed(self, trial: TrialRecord) -> None:
        """A trial has started, reported or ended."""
        ...


@dataclass
class Followed:
    """What the recorder remembers of a trial while it trains."""

    point: Point
    kept: tuple[Checkpoint, ...]
    epoch: int
    """The last one that was committed."""
    attempt: int
    at_its_end: bool = False
    lost: bool = False
    """Whether an epoch could not be committed: what comes after it would leave a gap."""


class Recorder(Stateless, Callback):
    """Writes every report and every end into the record, then tells the listeners."""

    def __init__(
        self,
        record: Record,
        folder: SearchFolder,
        end: EarlyEnd,
        resolve: Callable[[Point], Mapping[str, Any]],
        retries: int = 0,
        hands_over: bool = False,
    ) -> None:
        self._record = record
        self._resolve = resolve
        self._folder = folder
        self._goal = record.goal()
        self._end = end
        self._retries = retries
        self._hands_over = hands_over
        self._numbers: dict[str, int] = {}
        self._followed: dict[int, Followed] = {}
        self._running: set[int] = set()
        self.retry: Callable[[int], None] = _nobody
        """Asks the searcher to hand a trial out once more."""
        self.listeners: list[Listener] = []
        self.faults = 0

    def begin(self, trial_id: str, number: int) -> None:
        """The searcher has made a trial of Ray's with this number of ours."""
        self._numbers[trial_id] = number
        self._running.add(number)
        trial = self._record.trial(number)
        point = trial.point_at(trial.epochs)
        self._followed[number] = Followed(point, trial.checkpoints, trial.epochs, trial.attempts)
        self._guard(self._tell, number)

    def on_trial_result(
        self,
        iteration: int,
        trials: list[RayTrial],
        trial: RayTrial,
        result: dict[str, Any],
        **_: Any,
    ) -> None:
        """An epoch is finished, or `fit` has returned."""
        self._guard(self._result, trial, result)

    def on_trial_complete(
        self, iteration: int, trials: list[RayTrial], trial: RayTrial, **_: Any
    ) -> None:
        """A trial has ended without an exception."""
        self._guard(self._complete, trial)

    def on_trial_error(
        self, iteration: int, trials: list[RayTrial], trial: RayTrial, **_: Any
    ) -> None:
        """A trial has ended with an exception, or its process has died."""
        self._guard(self._error, trial)

    def end_unfinished(self) -> None:
        """Mark what still runs as interrupted: the search is over."""
        cause = self._end.reason or "the search ended before the trial did"
        for number in sorted(self._running):
            self._guard(self._interrupt, number, cause)

    def _guard(self, step: Callable[..., None], *arguments: Any) -> None:
        try:
            step(*arguments)
        except Exception:
            self.faults += 1
            log.exception("could not record what a trial did")

    def _result(self, trial: RayTrial, result: dict[str, Any]) -> None:
        number = self._numbers[trial.trial_id]
        followed = self._followed[number]
        if followed.lost:
            return
        if result.get(words.RETURNED):
            followed.at_its_end = True
            return
        reach("report-received")
        report = Report(**result[words.REPORT])
        followed.at_its_end = report.epoch >= result[words.PLANNED]
        if report.epoch <= followed.epoch:
            # It was given the weights of a trial that had not come as far.
            self._record.rewind(number, report.epoch - 1)
        self._note_perturbation(number, result)
        reach("perturbed")
        best, kept = result[words.BEST], checkpoints_of(result[words.CHECKPOINTS])
        if self._hands_over:
            kept = with_earlier(followed.kept, kept, report.epoch)
        last = self._last(followed, result)
        self._commit(number, Committed(report, best, kept, last, result[words.KEEP]))
        # Only now: until the record knows the new ones, a resume needs the old.
        self._delete_all_but(kept, followed)
        followed.epoch = report.epoch
        reach("stale-deleted")
        self._tell(number)

    def _commit(self, number: int, epoch: Committed) -> None:
        """Write an epoch; one that cannot be written ends the search, and a resume trains it."""
        try:
            self._record.report(number, epoch)
        except Exception as error:
            self._followed[number].lost = True
            which = f"epoch {epoch.report.epoch} of trial {number:05d}"
            reason = f"{which} could not be recorded: {first_cause(error)}"
            self._end.end_search(reason, Exit.INFRASTRUCTURE)
            raise

    def _delete_all_but(self, kept: tuple[Checkpoint, ...], followed: Followed) -> None:
        # A clone may yet begin from any checkpoint of a trial that hands over.
        if not self._hands_over:
            # By path: an epoch that was trained again has the name of the one before.
            stays = {checkpoint.path for checkpoint in kept}
            delete(self._folder.path, [c for c in followed.kept if c.path not in stays])
        followed.kept = kept

    def _last(self, followed: Followed, result: Mapping[str, Any]) -> str | None:
        """What a trial ends as after this epoch, as far as is known when the epoch is committed."""
        if not is_finite(result[words.BEST]):
            return State.DIVERGED.value
        if followed.at_its_end:
            return State.COMPLETE.value
        return State.STOPPED.value if result.get("done") else None

    def _note_perturbation(self, number: int, result: Mapping[str, Any]) -> None:
        # Not the trial's config: the scheduler has seen this result before us, and may have
        # changed the point of the epochs to come.
        epoch, point = result[words.EPOCH], dict(result[words.POINT])
        if self._followed[number].point != point:
            self._followed[number].point = point
            self._record.perturb(number, Perturbation(epoch, point, self._resolve(point)))

    def _complete(self, trial: RayTrial) -> None:
        number = self._numbers[trial.trial_id]
        if number not in self._running:
            return
        if self._followed[number].lost:
            self._interrupt(number, self._end.reason or "")
            return
        epochs = self._record.epochs(number)
        state, cause = self._end_of(number, epochs)
        if state is State.INTERRUPTED:
            self._interrupt(number, cause or "")
            return
        self._finish(
            number, committed_ending(epochs, self._goal) or self._left(state, cause, epochs)
        )

    def _end_of(self, number: int, epochs: tuple[Committed, ...]) -> tuple[State, str | None]:
        if not epochs:
            return State.FAILED, "the trial ended without reporting a single epoch"
        if epochs[-1].last is not None or self._followed[number].at_its_end:
            return State.COMPLETE, None
        if self._end.reason:
            return State.INTERRUPTED, self._end.reason
        return State.STOPPED, None

    def _error(self, trial: RayTrial) -> None:
        number = self._numbers[trial.trial_id]
        if self._followed[number].lost:
            self._interrupt(number, self._end.reason or "")
            return
        epochs = self._record.epochs(number)
        if (ending := committed_ending(epochs, self._goal)) is not None:
            # What comes after the last epoch takes nothing from it.
            self._finish(number, ending)
            return
        attempt = self._followed[number].attempt
        state, cause = end_of(trial, self._folder.attempt(number, attempt))
        if state is not State.DIED:
            self._finish(number, self._left(state, cause, epochs))
        elif self._end.must_end_within(DYING_SECONDS):
            # Ray's own death is one of the reasons, and no fault of the trial.
            self._interrupt(number, self._end.reason or "")
        elif self._record.trial(number).deaths < self._retries:
            log.warning("trial %05d goes on from its last epoch: %s", number, headline(cause))
            self.retry(number)
        else:
            self._finish(number, self._left(state, cause, epochs))

    def _left(self, state: State, cause: str | None, epochs: tuple[Committed, ...]) -> Ending:
        return Ending(state, cause, left_by(epochs, self._goal))

    def _interrupt(self, number: int, cause: str) -> None:
        self._record.finish(number, State.INTERRUPTED, cause)
        self._running.discard(number)
        self._tell(number)

    def _finish(self, number: int, ending: Ending) -> None:
        self._record.finish(number, ending.state, ending.cause, ending.kept)
        self._running.discard(number)
        self._delete_all_but(ending.kept, self._followed[number])
        self._tell(number)

    def _tell(self, number: int) -> None:
        known = self._record.trial(number)
        for listener in self.listeners:
            self._guard(listener.trial_changed, known)


def _nobody(number: int) -> None:
    raise RuntimeError(f"nobody takes trial {number} up again")
