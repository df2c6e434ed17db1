"""The inside of a search: record, sampler, scheduler, workers and listeners, wired to one Tuner."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ray import tune

from search.causes import headline
from search.crash_points import reach
from search.engine.closing import prune, test_finalists
from search.engine.cluster import Cluster
from search.engine.ends import EarlyEnd
from search.engine.limits import Limits, set_limits
from search.engine.outcome import Outcome, View
from search.engine.record import Record
from search.engine.record_file import Backups
from search.engine.recorder import Recorder
from search.engine.resume import open_record
from search.engine.schedulers import rungs
from search.engine.searcher import RecordSearcher
from search.engine.stopper import SearchStopper
from search.engine.tracker import Tracker, finish_tracking
from search.engine.tuner import build_tuner, concurrency
from search.engine.watchdog import watching
from search.exits import Exit
from search.load import Search
from search.options import Options
from search.results.folder import SearchFolder
from search.results.result import SearchResult
from search.results.room import shortage
from search.results.tables import write_tables
from search.results.trade_off import goal_of
from search.results.trials import UNFINISHED
from search.spec import HANDS_OVER

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunningSearch:
    """What a running search consists of, beside Ray."""

    record: Record
    searcher: RecordSearcher
    recorder: Recorder
    end: EarlyEnd
    limits: Limits
    tracker: Tracker | None


def run(  # noqa: PLR0913 - everything that a search is made of meets here
    search: Search,
    folder: SearchFolder,
    options: Options,
    view: View,
    cluster: Cluster,
    forced: tuple[str, ...] = (),
    *,
    end: EarlyEnd | None = None,
) -> Outcome:
    """Run the trials that are left and bring record, tables and tracking to their end.

    `forced` are the differences to the search in the folder that the user lets pass.
    """
    end = end or EarlyEnd()
    with watching(end):
        # Tune's own files of an earlier run say nothing that the record does not say better.
        shutil.rmtree(folder.ray, ignore_errors=True)
        parts = _wire(search, folder, options, end, forced)
        parts.recorder.listeners.insert(0, view)
        parts.searcher.note = parts.limits.room.note = view.note
        earlier = [t for t in parts.record.result().started() if t.state not in UNFINISHED]
        epochs = rungs(search.spec.scheduler, search.max_epochs())
        view.started(cluster, epochs, concurrency(search), earlier)
        end.begun = True
        with view.searching():
            _fit(partial(_tuner, search, folder, parts), end, folder)
            parts.recorder.end_unfinished()
    if end.reason is not None:
        log.warning("the search ended early: %s", end.reason)
    parts.limits.time.write()
    return _close(search, folder, parts, cluster)


def _wire(
    search: Search, folder: SearchFolder, options: Options, end: EarlyEnd, forced: tuple[str, ...]
) -> RunningSearch:
    goal = goal_of(search.spec.metric, search.spec.mode)
    record = open_record(search, folder, goal, forced)
    limits = set_limits(search, record, folder, end)
    hands_over = search.spec.scheduler.name in HANDS_OVER
    recorder = Recorder(record, folder, end, search.recorded, search.spec.retries, hands_over)
    searcher = RecordSearcher(search, record, folder, recorder.begin, limits.closed)
    recorder.retry = searcher.retry
    recorder.listeners += [limits.faults, limits.gpu, Backups(folder.record)]
    tracker = Tracker(folder, record.manifest()) if options.track else None
    if tracker is not None:
        recorder.listeners.append(tracker)
        tracker.start()
    return RunningSearch(record, searcher, recorder, end, limits, tracker)


def _tuner(search: Search, folder: SearchFolder, parts: RunningSearch) -> tune.Tuner:
    stopper, seen = SearchStopper(parts.end), parts.record.curves()
    return build_tuner(search, folder, parts.searcher, parts.recorder, stopper, seen)


def _fit(build: Callable[[], tune.Tuner], end: EarlyEnd, folder: SearchFolder) -> None:
    """Run the trials; a fault of Ray's ends the search in order, so that it can be resumed."""
    if end.stop_all():
        return
    try:
        build().fit()
    except Exception as error:
        log.exception("Ray Tune ended the search")
        # What a full disk does to a record, Optuna calls invalid data.
        cause = shortage(folder.path) or f"Ray Tune failed: {headline(str(error))}"
        end.end_search(cause, Exit.INFRASTRUCTURE)


def _close(search: Search, folder: SearchFolder, parts: RunningSearch, cluster: Cluster) -> Outcome:
    record, end = parts.record, parts.end
    if end.reason is None:
        note, result = parts.searcher.note, record.result()
        tests = test_finalists(search, folder, result, end, note, cluster.folder)
        record.write_tests(tests)
    result = record.result()
    prune(result, folder)
    files = write_tables(result, folder)
    reach("tables-written")
    tracker = parts.tracker
    error = finish_tracking(tracker, result, files, folder) if tracker else None
    asked = parts.searcher.asked
    return Outcome(
        result=result,
        code=end.code or _code_of(result),
        reason=end.reason,
        rejected=asked.rejected,
        duplicates=asked.duplicates,
        exhausted=asked.exhausted,
        unrecorded=parts.recorder.faults,
        tracking_error=error,
    )


def _code_of(result: SearchResult) -> Exit:
    """How a search ended that nothing has ended early."""
    if any(trial.state in UNFINISHED for trial in result.trials):
        # The record could not be written; the log says why, and a resume goes on with them.
        return Exit.INFRASTRUCTURE
    return Exit.DONE if result.ranked() else Exit.NOTHING_USABLE
