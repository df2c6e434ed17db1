"""The inside of a search: record, sampler, scheduler, workers and listeners, wired to one Tuner."""

from __future__ import annotations

import logging
import math
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial

import ray
from ray import tune
from ray.tune.experiment import Trial as RayTrial

from search.causes import headline
from search.engine.cluster import Cluster
from search.engine.distributed_trial import run_distributed_trial
from search.engine.ends import EarlyEnd, FaultLimit, RoomLimit, ending_on_signals
from search.engine.local_trial import run_local_trial
from search.engine.manifest import describe
from search.engine.outcome import Outcome, View
from search.engine.record import Record
from search.engine.recorder import Recorder
from search.engine.resume import go_on
from search.engine.schedulers import build_scheduler, rungs
from search.engine.searcher import RecordSearcher, enqueue_first_points
from search.engine.tracker import Tracker, finish_tracking
from search.engine.worker import Job
from search.exits import Exit
from search.load import Search
from search.options import Options
from search.results.finalists import evaluate
from search.results.folder import SearchFolder
from search.results.result import SearchResult
from search.results.tables import write_tables
from search.results.trials import Objective, State
from search.spec import HANDS_OVER

log = logging.getLogger(__name__)

DRIVER_BYTES = 1_000_000


@dataclass(frozen=True)
class Parts:
    """What a running search consists of, beside Ray."""

    record: Record
    searcher: RecordSearcher
    recorder: Recorder
    end: EarlyEnd
    tracker: Tracker | None


def run(
    search: Search, folder: SearchFolder, options: Options, view: View, cluster: Cluster
) -> Outcome:
    """Run the trials that are left and bring record, tables and tracking to their end."""
    parts = _wire(search, folder, options, view)
    earlier = [t for t in parts.record.result().started() if t.state is not State.INTERRUPTED]
    concurrent = concurrency(search)
    view.started(cluster, rungs(search.spec.scheduler, search.max_epochs()), concurrent, earlier)
    with ending_on_signals(parts.end):
        with view.searching():
            _fit(partial(build_tuner, search, folder, parts, concurrent), parts.end)
            parts.recorder.end_unfinished()
        return _close(search, folder, parts)


def _wire(search: Search, folder: SearchFolder, options: Options, view: View) -> Parts:
    record = open_record(search, folder, Objective(search.spec.metric, search.spec.mode))
    end = EarlyEnd()
    recorder = Recorder(record, folder, end, search.resolved)
    searcher = RecordSearcher(search, record, recorder.begin)
    limit = search.spec.fault_limit()
    recorder.listeners += [view, FaultLimit(limit, end), RoomLimit(folder.path, end)]
    tracker = Tracker(folder.path.parent, record.manifest()) if options.track else None
    if tracker is not None:
        recorder.listeners.append(tracker)
        tracker.start()
    return Parts(record, searcher, recorder, end, tracker)


def _fit(build: Callable[[], tune.Tuner], end: EarlyEnd) -> None:
    """Run the trials; a fault of Ray's ends the search in order, so that it can be resumed."""
    try:
        build().fit()
    except Exception as error:
        log.exception("Ray Tune ended the search")
        end.end_search(f"Ray Tune failed: {headline(str(error))}", Exit.INFRASTRUCTURE)


def open_record(search: Search, folder: SearchFolder, objective: Objective) -> Record:
    """The record of this search, begun anew or gone on with."""
    if folder.holds_search():
        record = Record.open(folder.record)
        go_on(search, record)
        return record
    record = Record.create(folder.record, search.spec.name, objective)
    enqueue_first_points(search, record)
    # Last, since a record without it counts as one that was never begun.
    record.write_manifest(describe(search))
    return record


def concurrency(search: Search) -> int:
    """How many trials run at once: as many as fit, so that none waits for what another holds."""
    available: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
    needs = {
        "CPU": search.resources.cpus * search.resources.workers,
        "GPU": search.resources.gpus * search.resources.workers,
    }
    fits = [available.get(kind, 0) / amount for kind, amount in needs.items() if amount]
    most = max(1, math.floor(min(fits) + 1e-9))
    return min(most, search.spec.max_concurrent or most)


def build_tuner(search: Search, folder: SearchFolder, parts: Parts, concurrent: int) -> tune.Tuner:
    """Ray's Tuner; it decides who runs where and who stops, and owns no result."""
    spec = search.spec
    scheduler = build_scheduler(
        spec.scheduler, search.space, search.max_epochs(), spec.mode, spec.seed
    )
    local = search.resources.workers == 1
    function = run_local_trial if local else run_distributed_trial
    resources = {"cpu": search.resources.cpus, "gpu": search.resources.gpus}
    # The driver of a distributed trial only waits: a trace of memory, since a part of a CPU would
    # leave too few for its workers, and Ray refuses to place what asks for nothing.
    resources = resources if local else {"memory": DRIVER_BYTES}
    trainable = tune.with_parameters(function, job=asdict(job_of(search, folder)))
    trainable.__name__ = f"{spec.name}_trial"
    return tune.Tuner(
        tune.with_resources(trainable, resources),
        param_space={},
        tune_config=tune.TuneConfig(
            search_alg=parts.searcher,
            scheduler=scheduler,
            num_samples=-1,
            max_concurrent_trials=concurrent,
            reuse_actors=local,
            trial_name_creator=_name,
            trial_dirname_creator=_name,
        ),
        run_config=tune.RunConfig(
            name="tune",
            storage_path=str(folder.ray.resolve()),
            callbacks=[parts.recorder],
            stop=parts.end,
            verbose=0,
        ),
    )


def _name(trial: RayTrial) -> str:
    return f"trial_{trial.config['number']:05d}"


def job_of(search: Search, folder: SearchFolder) -> Job:
    """What every trial of the search has in common."""
    return Job(
        name=search.spec.name,
        folder=str(folder.path.resolve()),
        trainable=search.trainable.text,
        trainable_file=search.trainable.file,
        search_path=tuple(path for path in sys.path if path),
        base=search.base,
        blocks=search.space.blocks(),
        metric=search.spec.metric,
        mode=search.spec.mode,
        cpus=search.resources.cpus,
        gpus=search.resources.gpus,
        workers=search.resources.workers,
        hands_over=search.spec.scheduler.name in HANDS_OVER,
    )


def _close(search: Search, folder: SearchFolder, parts: Parts) -> Outcome:
    record, end = parts.record, parts.end
    if end.reason is None:
        record.write_tests(test_finalists(search, folder, record.result()))
    result = record.result()
    files = write_tables(result, folder)
    tracker = parts.tracker
    error = finish_tracking(tracker, result, files, folder) if tracker else None
    asked = parts.searcher.asked
    return Outcome(
        result=result,
        code=end.code or (Exit.DONE if result.ranked() else Exit.NOTHING_USABLE),
        reason=end.reason,
        rejected=asked.rejected,
        duplicates=asked.duplicates,
        exhausted=asked.exhausted,
        unrecorded=parts.recorder.faults,
        tracking_error=error,
    )


def test_finalists(
    search: Search, folder: SearchFolder, result: SearchResult
) -> dict[int, dict[str, float]]:
    """Open the test data, once, for the best few; a trial that cannot be tested has no entry."""
    tests = {number: dict(metrics) for number, metrics in result.tests.items()}
    for trial in result.ranked()[: search.spec.finalists]:
        checkpoint = trial.best_checkpoint(result.objective)
        if checkpoint is None or trial.number in tests:
            continue
        try:
            tests[trial.number] = evaluate(
                trial.config_at(checkpoint.epoch),
                folder.path / checkpoint.path,
                "test",
                search.trainable,
            )
        except Exception:
            log.exception("trial %d has no test metrics", trial.number)
    return tests
