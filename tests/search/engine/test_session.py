"""Whole searches on a real cluster, over a trainable whose numbers are known by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from search.engine.outcome import Outcome
from search.engine.record import Record
from search.exits import Exit
from search.results.checkpoints import is_intact
from search.results.folder import SearchFolder
from search.results.trials import State

pytestmark = pytest.mark.ray

Run = Callable[..., Outcome]


def test_a_grid_is_trained_point_by_point(run: Run) -> None:
    outcome = run("x: [0.1, 0.2, 0.4]", sampler="{name: grid}", scheduler="{name: none}")
    # score = x * epoch, and the last of 9 epochs is the best one
    found = {t.point["x"]: t.value(outcome.result.objective) for t in outcome.result.started()}
    assert found == pytest.approx({0.1: 0.9, 0.2: 1.8, 0.4: 3.6})
    assert outcome.code == Exit.DONE


def test_every_trial_has_a_row_that_starts_with_its_number(run: Run, folder: SearchFolder) -> None:
    run("x: {float: [0, 1]}", trials=3)
    table = pd.read_csv(folder.trials_csv)
    assert table.columns[0] == "trial"
    assert table["trial"].tolist() == [0, 1, 2]


def test_the_sum_of_epochs_is_spent_and_saved(run: Run) -> None:
    outcome = run("x: {float: [0, 1]}", trials=9, scheduler="{name: asha, grace_epochs: 1}")
    result = outcome.result
    assert result.count(State.STOPPED) > 0
    assert result.epochs_spent() + result.epochs_saved() == 9 * 9


def test_a_conditional_parameter_is_absent_where_it_is_not_active(run: Run) -> None:
    space = """
        kind: [plain, shifted]
        y: {float: [1, 2], when: {kind: shifted}}
    """
    for trial in run(space, trials=6).result.trials:
        assert ("y" in trial.point) == (trial.point["kind"] == "shifted")
        assert trial.config.get("y", 0) == trial.point.get("y", 0)


def test_a_point_that_breaks_a_constraint_is_never_trained(run: Run) -> None:
    outcome = run(
        "x: {float: [0, 1]}\ny: {float: [0, 1]}", extra="constraints: [x + y <= 1]", trials=8
    )
    started = outcome.result.started()
    assert len(started) == 8
    assert all(float(t.point["x"] or 0) + float(t.point["y"] or 0) <= 1 for t in started)
    assert outcome.rejected == outcome.result.count(State.REJECTED) > 0


@pytest.mark.parametrize("duplicates", ["resample", "reuse"])
def test_a_known_point_is_not_trained_again(run: Run, duplicates: str) -> None:
    outcome = run("x: [0.1, 0.2, 0.3]", trials=8, duplicates=duplicates, sampler="{name: random}")
    trained = [trial.point["x"] for trial in outcome.result.started()]
    assert len(trained) == len(set(trained)) <= 3
    assert outcome.exhausted == (duplicates == "resample")
    assert outcome.duplicates == outcome.result.count(State.DUPLICATE) > 0


def test_a_known_point_is_trained_again_if_wished(run: Run) -> None:
    outcome = run("x: [0.1, 0.2]", trials=5, duplicates="train", sampler="{name: random}")
    assert len(outcome.result.started()) == 5
    assert outcome.duplicates == 0


def test_test_metrics_are_computed_for_the_finalists_alone(run: Run) -> None:
    result = run("x: {float: [0, 1]}", trials=5, finalists=2).result
    assert set(result.tests) == {trial.number for trial in result.ranked()[:2]}
    best = result.ranked()[0]
    assert result.tests[best.number]["test_score"] == pytest.approx(best.value(result.objective))


def test_the_record_and_its_checkpoints_survive_a_move(run: Run, folder: SearchFolder) -> None:
    before = run("x: {float: [0, 1]}", trials=3).result
    moved = SearchFolder(folder.path.rename(folder.path.with_name("moved")))
    after = Record.open(moved.record).result()
    assert after == before
    checkpoints = [c for trial in after.trials for c in trial.checkpoints]
    assert checkpoints
    assert all(is_intact(moved.path, checkpoint) for checkpoint in checkpoints)


def test_a_second_run_goes_on_with_the_trials_that_are_left(run: Run) -> None:
    run("x: {float: [0, 1]}", trials=2)
    result = run("x: {float: [0, 1]}", trials=5).result
    assert [trial.number for trial in result.started()] == [0, 1, 2, 3, 4]


def test_seeds_differ_by_trial_and_repeat_with_the_search(run: Run, folder: SearchFolder) -> None:
    first = run("x: {float: [0, 1]}", trials=3, seed=5).result
    folder.path.rename(folder.path.with_name("first"))
    second = run("x: {float: [0, 1]}", trials=3, seed=5).result
    assert len({trial.seed for trial in first.trials}) == 3
    assert [t.seed for t in first.trials] == [t.seed for t in second.trials]


@pytest.mark.parametrize(
    "scheduler",
    ["{name: none}", "{name: median, grace_epochs: 1}", "{name: hyperband}"],
)
def test_every_scheduler_brings_all_trials_to_an_end(run: Run, scheduler: str) -> None:
    result = run("x: {float: [0, 1]}", trials=6, scheduler=scheduler).result
    ends = {trial.state for trial in result.trials}
    assert ends <= {State.COMPLETE, State.STOPPED}
    assert len(result.started()) == 6
    assert all(t.epochs == 9 for t in result.trials if t.state is State.COMPLETE)


def test_population_based_training_hands_checkpoints_over(run: Run) -> None:
    result = run(
        "x: {float: [0, 1]}",
        base="{trainer: {max_epochs: 10, seconds_per_epoch: 1.2}}",
        trials=2,
        scheduler="{name: pbt, mutate: [x], interval_epochs: 2, quantile_fraction: 0.5}",
    ).result
    assert {trial.state for trial in result.trials} == {State.COMPLETE}
    changed = [trial for trial in result.trials if trial.perturbed]
    assert all(set(change.point) == {"x"} for t in changed for change in t.perturbed)
    assert {trial.state for trial in result.trials} == {State.COMPLETE}


def test_the_files_of_a_search_lie_in_its_folder(run: Run, tmp_path: Path) -> None:
    run("x: {float: [0, 1]}", trials=2)
    assert {path.name for path in (tmp_path / "runs").iterdir()} == {"toy"}
