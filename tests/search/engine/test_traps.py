"""Known faults of Ray Tune with Optuna: what the plain wiring does, and what ours does instead.

Each pair shows the fault on the libraries' own objects first, so that a test tells us when a new
version has mended it and our part can go.
"""

from __future__ import annotations

import math
from collections.abc import Callable
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
from search.errors import UserError
from search.exits import Exit
from search.load import load
from search.results.folder import SearchFolder
from search.results.trials import State, TrialRecord
from search.space.space import Space

pytestmark = pytest.mark.ray

Run = Callable[..., Outcome]
FAULTS = ("none", "nan", "inf", "missing", "text", "none_value", "raise", "silent", "exit")


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
        "search: {metric: score, mode: max, trials: 20, max_failed: 20, sampler: {name: grid}}\n"
        f"space: {{fault: [{', '.join((*FAULTS, 'unpicklable'))}]}}\n"
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
    assert EarlyEnd()("a", {words.EPOCH: 1, words.BEST: value})
    assert not EarlyEnd()("a", {words.EPOCH: 1, words.BEST: 0.0})


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
    ("fault", "said"),
    [
        ("missing", "the metric 'score' was not reported at epoch 2; reported: other"),
        ("text", "the metric 'score' must be a number; reported: 'high'"),
        ("none_value", "the metric 'score' must be a number; reported: None"),
        ("raise", "RuntimeError: the trainable gave up"),
        ("unpicklable", "cannot be pickled"),
        ("silent", "the trial ended without reporting a single epoch"),
        ("exit", "The process of the trial died without a Python exception"),
    ],
)
def test_a_faulty_trial_fails_alone_and_says_why(faulty: Any, fault: str, said: str) -> None:
    ours, optunas = faulty[fault]
    assert ours.state is State.FAILED
    assert said in ours.cause.splitlines()[-1]
    assert optunas.state is TrialState.FAIL


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
    result = run("x: {float: [0, 1]}", trials=9, scheduler="{name: asha, grace_epochs: 2}").result
    study = Record.open(folder.record).study
    stopped = [trial for trial in result.trials if trial.state is State.STOPPED]
    assert stopped
    for trial in stopped:
        told = study.trials[trial.number]
        assert told.state is TrialState.PRUNED
        # the last result of a stopped trial, which Ray never shows to a searcher, is there too
        assert told.intermediate_values[trial.epochs] == pytest.approx(
            float(trial.point["x"] or 0) * trial.epochs
        )


def test_a_stopped_trial_that_winds_down_slowly_spoils_no_other(run: Run) -> None:
    # Ray waits 2 s for the thread of a stopped trial, then fails the next trial of that worker.
    space = "x: {float: [0, 1]}"
    base = "{seconds_to_wind_down: 4.0}"
    result = run(space, base, trials=6, scheduler="{name: asha, grace_epochs: 1}").result
    assert result.count(State.STOPPED) > 0
    assert result.count(State.FAILED) == 0


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


def asha(max_epochs: int, grace: int, factor: int) -> Any:
    options = spec.AshaScheduler(grace_epochs=grace, reduction_factor=factor)
    return build_scheduler(options, Space(()), max_epochs, "max", 0)


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


def test_no_trial_is_stopped_at_its_last_epoch() -> None:
    scheduler = asha(9, 1, 3)
    trials: list[Any] = [SimpleNamespace(trial_id=name) for name in "ab"]
    for trial in trials:
        scheduler.on_trial_add(None, trial)
    for epoch, values in {1: (1.0, 1.0), 3: (1.0, 1.0), 9: (1.0, 0.0)}.items():
        for trial, value in zip(trials, values, strict=True):
            result = {words.EPOCH: epoch, words.BEST: value}
            assert scheduler.on_trial_result(None, trial, result) == TrialScheduler.CONTINUE


def test_rung_times_are_epochs_not_calls(run: Run) -> None:
    heard = run("x: {float: [0, 1]}", trials=6, scheduler="{name: asha, grace_epochs: 3}").result
    assert {t.epochs for t in heard.trials if t.state is State.STOPPED} <= {3}


def test_population_based_training_stays_in_the_space(tmp_path: Path) -> None:
    # Ray multiplies by 1.2 or 0.8 without a bound.
    file = tmp_path / "toy.yaml"
    file.write_text(
        f"trainable: {Path(__file__).with_name('fault_trainable.py')}\n"
        "search: {metric: score, mode: max}\n"
        "space: {x: {float: [0, 1]}, fault_epoch: {int: [2, 8], step: 3}}\n"
        "constraints: [x * fault_epoch <= 6]\n"
    )
    options = spec.PbtScheduler(mutate=["x", "fault_epoch"], resample_probability=0.0)
    scheduler: Any = build_scheduler(options, load(str(file)).space, 9, "max", 0)
    donor = {"number": 0, "seed": 1, "point": {"x": 0.95, "fault_epoch": 5}}
    heir: Any = SimpleNamespace(config={"number": 7, "seed": 8}, trial_id="b")
    clone: Any = SimpleNamespace(config=donor, trial_id="a")
    for _ in range(20):
        config, _ = scheduler._get_new_config(heir, clone)
        assert (config["number"], config["seed"]) == (7, 8)
        assert load(str(file)).space.problems(config["point"]) == []
