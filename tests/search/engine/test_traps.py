"""Known faults of Ray Tune with Optuna: what the plain wiring does, and what ours does instead.

Each pair shows the fault on the libraries' own objects first, so that a test tells us when a new
version has mended it and our part can go.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import optuna
import pytest
from optuna.distributions import FloatDistribution
from optuna.trial import TrialState
from ray.tune.schedulers import ASHAScheduler, TrialScheduler
from ray.tune.search.optuna import OptunaSearch

from search import spec
from search.engine import words
from search.engine.ends import EarlyEnd
from search.engine.outcome import Outcome
from search.engine.record import Record
from search.engine.schedulers import build_scheduler
from search.engine.stopper import SearchStopper
from search.errors import UserError
from search.exits import Exit
from search.load import load
from search.results.folder import SearchFolder
from search.results.trials import State, TrialRecord
from search.space.space import Space

pytestmark = pytest.mark.ray

Run = Callable[..., Outcome]
WORSE_AND_WORSE = "x: [0.3, 0.2, 0.1]"
ONE_BY_ONE = {"sampler": "{name: grid}", "max_concurrent": 1}
"""In the order of the grid: at its first rung, each of them is below the best third so far."""
FAULTS = (
    *("none", "nan", "inf", "missing", "text", "none_value", "raise", "silent", "exit"),
    *("unpicklable", "sys_exit", "memory", "segfault", "deadlock"),
)


@pytest.fixture(scope="module")
def faulty(
    tmp_path_factory: pytest.TempPathFactory, cluster: Any, quiet_view: Any
) -> dict[Any, tuple[TrialRecord, optuna.trial.FrozenTrial]]:
    """By fault, our record and Optuna's of a trial in which it happens at epoch 2."""
    from search.engine import session
    from search.options import Options

    folder = SearchFolder(tmp_path_factory.mktemp("faulty") / "toy")
    folder.path.mkdir()
    space = folder.path.parent / "toy.yaml"
    space.write_text(
        f"trainable: {Path(__file__).with_name('fault_trainable.py')}\nbase: {{x: 0.5}}\n"
        "search: {metric: score, mode: max, trials: 20, max_failed: 20, sampler: {name: grid},\n"
        "         retries: 1, report_timeout: 20s}\n"
        f"space: {{fault: [{', '.join(FAULTS)}]}}\n"
    )
    options = Options(dashboard=False, track=False)
    session.run(load(str(space)), folder, options, quiet_view(), cluster)
    record = Record.open(folder.record)
    return {
        trial.point["fault"]: (trial, record.study.trials[trial.number])
        for trial in record.trials()
    }


def plain_asha() -> Any:
    scheduler: Any = ASHAScheduler(
        time_attr="epoch", metric="score", mode="max", max_t=9, grace_period=1, reduction_factor=3
    )
    scheduler.on_trial_add(SimpleNamespace(), SimpleNamespace(trial_id="a"))
    scheduler.on_trial_add(SimpleNamespace(), SimpleNamespace(trial_id="b"))
    return scheduler


def plain_optuna() -> Any:
    search: Any = OptunaSearch({"x": FloatDistribution(0, 1)}, metric="score", mode="max", seed=1)
    search.suggest("a")
    return search


# -- NaN -----------------------------------------------------------------------------------------


def test_plain_asha_lets_a_nan_trial_go_on() -> None:
    scheduler = plain_asha()
    good: Any = SimpleNamespace(trial_id="a")
    bad: Any = SimpleNamespace(trial_id="b")
    scheduler.on_trial_result(None, good, {"epoch": 1, "score": 1.0})
    decision = scheduler.on_trial_result(None, bad, {"epoch": 1, "score": math.nan})
    assert decision == TrialScheduler.CONTINUE


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_ours_stops_a_trial_that_is_not_finite(value: float) -> None:
    stopper = SearchStopper(EarlyEnd())
    assert stopper("a", {words.EPOCH: 1, words.BEST: value})
    assert not stopper("a", {words.EPOCH: 1, words.BEST: 0.0})


@pytest.mark.parametrize("fault", ["nan", "inf"])
def test_a_trial_that_is_not_finite_diverged_at_that_epoch(faulty: Any, fault: str) -> None:
    ours, optunas = faulty[fault]
    assert (ours.state, ours.epochs) == (State.DIVERGED, 2)
    assert optunas.state is TrialState.FAIL


def test_plain_optuna_search_leaves_a_nan_trial_running() -> None:
    search = plain_optuna()
    search.on_trial_complete("a", {"score": math.nan})
    assert search._ot_study.trials[0].state is TrialState.RUNNING


def test_no_trial_is_left_running(faulty: Any) -> None:
    assert TrialState.RUNNING not in {optunas.state for _, optunas in faulty.values()}


# -- a metric that is no number, or not there ----------------------------------------------------


@pytest.mark.parametrize("value", ["high", None])
def test_plain_asha_raises_for_a_metric_that_is_no_number(value: Any) -> None:
    trial: Any = SimpleNamespace(trial_id="a")
    with pytest.raises(TypeError):
        plain_asha().on_trial_result(None, trial, {"epoch": 1, "score": value})


@pytest.mark.parametrize(
    ("fault", "state", "said"),
    [
        (
            *("missing", State.NO_METRIC),
            "the metric 'score' was not reported at epoch 2; reported: other",
        ),
        ("text", State.FAILED, "the metric 'score' must be a number; reported: 'high'"),
        ("none_value", State.FAILED, "the metric 'score' must be a number; reported: None"),
        ("raise", State.FAILED, "RuntimeError: the trainable gave up"),
        ("unpicklable", State.FAILED, "cannot be pickled"),
        ("silent", State.FAILED, "the trial ended without reporting a single epoch"),
        ("sys_exit", State.FAILED, "the training called sys.exit(4)"),
        ("memory", State.OUT_OF_MEMORY, "MemoryError"),
        ("segfault", State.FAILED, "Crashed: Fatal Python error: Segmentation fault"),
        ("deadlock", State.TIMED_OUT, "Timed out: search.report_timeout: no report for 20 s"),
        ("exit", State.DIED, "The process of the trial died without a Python exception"),
    ],
)
def test_a_faulty_trial_fails_alone_and_says_why(
    faulty: Any, fault: str, state: State, said: str
) -> None:
    ours, optunas = faulty[fault]
    assert ours.state is state
    assert said in ours.cause.splitlines()[-1]
    assert optunas.state is TrialState.FAIL


@pytest.mark.parametrize("fault", ["deadlock", "segfault"])
def test_the_stack_of_a_process_that_hung_or_crashed_is_kept(faulty: Any, fault: str) -> None:
    ours, _ = faulty[fault]
    assert "fault_trainable.py" in ours.cause


def test_only_a_process_that_died_for_no_known_reason_is_begun_once_more(faulty: Any) -> None:
    attempts = {fault: ours.attempts for fault, (ours, _) in faulty.items()}
    assert attempts == {fault: 2 if fault == "exit" else 1 for fault in FAULTS}


def test_the_trials_beside_the_faulty_ones_end_well(faulty: Any) -> None:
    ours, optunas = faulty["none"]
    assert (ours.state, ours.epochs) == (State.COMPLETE, 9)
    assert optunas.state is TrialState.COMPLETE
    assert optunas.value == pytest.approx(0.5 * 9)


# -- stopped trials ------------------------------------------------------------------------------


def test_plain_optuna_search_takes_a_stopped_trial_for_a_complete_one() -> None:
    search = plain_optuna()
    search.on_trial_complete("a", {"score": 1.0, "epoch": 1})
    assert search._ot_study.trials[0].state is TrialState.COMPLETE


def test_ours_tells_a_stopped_trial_as_pruned_with_its_last_value(
    run: Run, folder: SearchFolder
) -> None:
    result = run(WORSE_AND_WORSE, **ONE_BY_ONE, scheduler="{name: asha, grace_epochs: 2}").result
    study = Record.open(folder.record).study
    stopped = [trial for trial in result.trials if trial.state is State.STOPPED]
    assert [trial.point["x"] for trial in stopped] == [0.2, 0.1]
    for trial in stopped:
        told = study.trials[trial.number]
        assert told.state is TrialState.PRUNED
        # the last result of a stopped trial, which Ray never shows to a searcher, is there too
        assert told.intermediate_values[trial.epochs] == pytest.approx(
            float(trial.point["x"] or 0) * trial.epochs
        )


def test_a_stopped_trial_that_winds_down_slowly_spoils_no_other(run: Run) -> None:
    # Ray waits 2 s for the thread of a stopped trial, then fails the next trial of that worker.
    base = "{seconds_to_wind_down: 4.0}"
    scheduler = "{name: asha, grace_epochs: 1}"
    result = run(WORSE_AND_WORSE, base, **ONE_BY_ONE, scheduler=scheduler).result
    states = [trial.state for trial in result.trials]
    assert states == [State.COMPLETE, State.STOPPED, State.STOPPED]


# -- listeners, unknown trials -------------------------------------------------------------------


def test_a_listener_that_raises_does_not_end_the_search(run: Run, quiet_view: Any) -> None:
    class Broken(quiet_view):  # type: ignore[misc]
        def trial_changed(self, trial: TrialRecord) -> None:
            raise ConnectionError("nobody listens")

    outcome = run("x: {float: [0, 1]}", trials=2, view=Broken(), scheduler="{name: none}")
    assert outcome.result.count(State.COMPLETE) == 2


def test_plain_optuna_search_raises_for_a_trial_that_it_does_not_know() -> None:
    with pytest.raises(KeyError):
        plain_optuna().on_trial_result("unknown", {"score": 1.0})


def test_ours_logs_a_trial_that_it_does_not_know(tmp_path: Any) -> None:
    from search.engine.recorder import Recorder
    from search.results.trials import Objective

    record = Record.create(tmp_path / "record.db", "toy", Objective("score", "max"))
    record.write_manifest({"search": {"metric": "score", "mode": "max"}})
    recorder = Recorder(record, SearchFolder(tmp_path), EarlyEnd(), lambda _: {})
    unknown: Any = SimpleNamespace(trial_id="unknown")
    recorder.on_trial_result(0, [], unknown, {words.EPOCH: 1})
    recorder.on_trial_complete(0, [], unknown)
    assert recorder.faults == 2


# -- the best trial and its checkpoint -----------------------------------------------------------


def test_the_best_checkpoint_is_not_the_last_one(run: Run, folder: SearchFolder) -> None:
    # score = -epoch: the first epoch is the best
    result = run("x: [-1.0, -2.0]", trials=2, sampler="{name: grid}").result
    best = result.ranked()[0].best_checkpoint(result.objective)
    assert best is not None
    assert (best.epoch, best.value) == (1, -1.0)
    assert (folder.path / best.path).is_file()


def test_a_search_whose_only_trial_fails_has_no_best(run: Run) -> None:
    outcome = run("x: {float: [0, 1]}", "{fault: raise}", trials=1, max_failed=5)
    assert outcome.result.ranked() == []
    assert outcome.code == Exit.NOTHING_USABLE


def test_too_many_faults_end_the_search_with_the_last_cause(run: Run) -> None:
    outcome = run("x: {float: [0, 1]}", "{fault: raise}", trials=30, max_failed=2)
    assert outcome.code == Exit.NOTHING_USABLE
    assert "RuntimeError: the trainable gave up" in (outcome.reason or "")
    assert len(outcome.result.started()) < 30


# -- Ray itself ----------------------------------------------------------------------------------


def test_a_fault_of_rays_ends_the_search_to_be_resumed(run: Run, folder: SearchFolder) -> None:
    folder.path.mkdir(parents=True)
    folder.ray.write_text("a file where Ray wants a folder, as good as a full disk")
    outcome = run("x: {float: [0, 1]}", trials=2)
    assert outcome.code == Exit.INFRASTRUCTURE
    folder.ray.unlink()
    again = run("x: {float: [0, 1]}", trials=2)
    assert (again.code, len(again.result.ranked())) == (Exit.DONE, 2)


def test_a_disk_that_fills_up_ends_the_search_to_be_resumed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUNE_RUN_FREE_MB", str(10**12))
    outcome = run("x: {float: [0, 1]}", trials=50)
    assert outcome.code == Exit.INFRASTRUCTURE
    assert "MB are free" in (outcome.reason or "")


# -- points to try first -------------------------------------------------------------------------


def test_plain_optuna_search_accepts_a_first_point_outside_the_space() -> None:
    search = OptunaSearch(
        {"x": FloatDistribution(0, 1)},
        metric="score",
        mode="max",
        points_to_evaluate=[{"x": 5.0}],
        seed=1,
    )
    assert search.suggest("a") == {"x": 5.0}


def test_ours_refuses_a_first_point_outside_the_space(write_space: Callable[..., Any]) -> None:
    path = write_space("x: {float: [0, 1]}", extra="try_first: [{x: 5.0}]")
    with pytest.raises(UserError, match=r"try_first\[0\].*5\.0"):
        load(str(path))


# -- time and rungs ------------------------------------------------------------------------------


def asha(max_epochs: int, grace: int, factor: int, curves: Any = None) -> Any:
    options = spec.AshaScheduler(grace_epochs=grace, reduction_factor=factor)
    return build_scheduler(options, Space(()), max_epochs, "max", 0, curves)


@pytest.mark.parametrize(
    ("max_epochs", "grace", "factor", "wanted"),
    [(9, 1, 3, (1, 3)), (18, 2, 3, (2, 6)), (20, 2, 3, (2, 6, 18)), (1000, 1, 10, (1, 10, 100))],
)
def test_the_rungs_that_are_printed_are_those_that_ray_uses(
    max_epochs: int, grace: int, factor: int, wanted: tuple[int, ...]
) -> None:
    from search.engine.schedulers import rungs

    options = spec.AshaScheduler(grace_epochs=grace, reduction_factor=factor)
    used = sorted(rung for rung, _ in asha(max_epochs, grace, factor)._brackets[0]._rungs)
    assert rungs(options, max_epochs) == wanted == tuple(used)


@dataclass(frozen=True, eq=False)
class Looked:
    """As much of a trial of Ray's as a scheduler looks at."""

    trial_id: str
    config: dict[str, Any]


def ray_trial(number: int, start_epoch: int = 0) -> Any:
    config = {"number": number, "start": {"epoch": start_epoch}}
    return Looked(f"{number} from {start_epoch}", config)


def decide(scheduler: Any, trial: Any, epoch: int, value: float) -> str:
    return str(scheduler.on_trial_result(None, trial, {words.EPOCH: epoch, words.BEST: value}))


def test_plain_asha_forgets_its_rungs_with_its_process() -> None:
    good: Any = SimpleNamespace(trial_id="a")
    bad: Any = SimpleNamespace(trial_id="b")
    before = plain_asha()
    before.on_trial_result(None, good, {"epoch": 1, "score": 1.0})
    again = plain_asha()
    decision = again.on_trial_result(None, bad, {"epoch": 1, "score": 0.0})
    assert decision == TrialScheduler.CONTINUE


def test_ours_compares_with_what_was_reached_before_a_resume() -> None:
    scheduler = asha(9, 1, 3, {0: [(1, 1.0), (2, 2.0)]})
    trial = ray_trial(1)
    scheduler.on_trial_add(None, trial)
    assert decide(scheduler, trial, 1, 0.0) == TrialScheduler.STOP


def test_a_trial_that_goes_on_has_one_place_in_each_rung() -> None:
    scheduler = asha(9, 1, 3, {0: [(1, 1.0), (2, 2.0), (3, 3.0)]})
    # from the checkpoint of epoch 2: epoch 3, which is a rung, is trained and reported once more
    again = ray_trial(0, start_epoch=2)
    scheduler.on_trial_add(None, again)
    rungs = dict(scheduler._brackets[0]._rungs)
    assert rungs == {1: {again.trial_id: 1.0}, 3: {}}
    assert decide(scheduler, again, 3, 3.5) == TrialScheduler.CONTINUE
    assert rungs[3] == {again.trial_id: 3.5}


def test_the_median_rule_decides_alike_after_a_resume() -> None:
    # Means of the others up to epoch 2: 1.0 and 3.0, median 2.0; a best of 1.5 lies below it.
    others = {0: [(1, 1.0), (2, 1.0)], 1: [(1, 3.0), (2, 3.0)]}
    options = spec.MedianScheduler(grace_epochs=1, min_trials=2)
    lived: Any = build_scheduler(options, Space(()), 9, "max", 0)
    for number, curve in others.items():
        trial = ray_trial(number)
        lived.on_trial_add(None, trial)
        for epoch, value in curve:
            lived.on_trial_result(None, trial, {words.EPOCH: epoch, words.BEST: value})
        said = {words.EPOCH: 2, words.BEST: curve[-1][1], words.RETURNED: True}
        assert lived.on_trial_result(None, trial, said) == TrialScheduler.CONTINUE
        lived.on_trial_complete(None, trial, said)
    resumed: Any = build_scheduler(options, Space(()), 9, "max", 0, others)
    for scheduler in (lived, resumed):
        late = ray_trial(2)
        scheduler.on_trial_add(None, late)
        assert decide(scheduler, late, 2, 2.5) == TrialScheduler.CONTINUE
        worse = ray_trial(3)
        scheduler.on_trial_add(None, worse)
        assert decide(scheduler, worse, 2, 1.5) == TrialScheduler.STOP


def test_no_trial_is_stopped_at_its_last_epoch() -> None:
    scheduler = asha(9, 1, 3)
    trials = [ray_trial(number) for number in range(2)]
    for trial in trials:
        scheduler.on_trial_add(None, trial)
    for epoch, values in {1: (1.0, 1.0), 3: (1.0, 1.0), 9: (1.0, 0.0)}.items():
        for trial, value in zip(trials, values, strict=True):
            result = {words.EPOCH: epoch, words.BEST: value}
            assert scheduler.on_trial_result(None, trial, result) == TrialScheduler.CONTINUE


@pytest.mark.parametrize(
    ("product", "wanted"),
    # 0.95 * 1.2 = 1.14 is brought back to 1; where 1 * 5 breaks the constraint, 0.95 stays.
    [(6, [0.76, 1.0]), (4.8, [0.76, 0.95])],
)
def test_population_based_training_stays_in_the_space(
    tmp_path: Path, product: float, wanted: list[float]
) -> None:
    # Ray multiplies by 1.2 or 0.8 without a bound.
    file = tmp_path / "toy.yaml"
    file.write_text(
        f"trainable: {Path(__file__).with_name('fault_trainable.py')}\n"
        "search: {metric: score, mode: max}\n"
        "space: {x: {float: [0, 1]}, fault_epoch: {int: [2, 8], step: 3}}\n"
        f"constraints: [x * fault_epoch <= {product}]\n"
    )
    options = spec.PbtScheduler(mutate=["x", "fault_epoch"], resample_probability=0.0)
    space = load(str(file)).space
    scheduler: Any = build_scheduler(options, space, 9, "max", 0)
    donor = {"number": 0, "seed": 1, "attempt": 2, "point": {"x": 0.95, "fault_epoch": 5}}
    own = {"number": 7, "seed": 8, "attempt": 3}
    heir: Any = SimpleNamespace(config=own, trial_id="b")
    clone: Any = SimpleNamespace(config=donor, trial_id="a")
    found = set()
    for _ in range(20):
        config, _ = scheduler._get_new_config(heir, clone)
        assert {name: config[name] for name in own} == own
        assert space.problems(config["point"]) == []
        found.add(config["point"]["x"])
    assert sorted(found) == pytest.approx(wanted)
