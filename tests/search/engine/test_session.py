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
    grid = {"sampler": "{name: grid}", "scheduler": "{name: asha, grace_epochs: 1}"}
    result = run("x: [0.3, 0.2, 0.1]", **grid, max_concurrent=1).result
    # nine epochs each; the second and the third trial are stopped after their first one
    assert [trial.epochs for trial in result.trials] == [9, 1, 1]
    assert (result.epochs_spent(), result.epochs_saved()) == (9 + 1 + 1, 8 + 8)


def test_a_conditional_parameter_is_absent_where_it_is_not_active(run: Run) -> None:
    space = """
        kind: [plain, shifted]
        y: {float: [1, 2], step: 1, when: {kind: shifted}}
    """
    trials = run(space, sampler="{name: grid}", scheduler="{name: none}").result.trials
    # score = x * epoch + y, with x = 0.5 and nine epochs
    found = [(dict(trial.point), trial.reports[-1].metrics["score"]) for trial in trials]
    assert found == [
        ({"kind": "plain"}, 4.5),
        ({"kind": "shifted", "y": 1.0}, 5.5),
        ({"kind": "shifted", "y": 2.0}, 6.5),
    ]
    assert ["y" in trial.config for trial in trials] == [False, True, True]


def test_a_point_that_breaks_a_constraint_is_never_trained(run: Run) -> None:
    outcome = run(
        "x: {float: [0, 1]}\ny: {float: [0, 1]}", extra="constraints: [x + y <= 1]", trials=8
    )
    started = outcome.result.started()
    assert len(started) == 8
    assert all(float(t.point["x"] or 0) + float(t.point["y"] or 0) <= 1 for t in started)
    assert outcome.rejected == outcome.result.count(State.REJECTED) > 0


@pytest.mark.slow
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


def test_the_files_of_a_search_lie_in_its_folder(run: Run, tmp_path: Path) -> None:
    run("x: {float: [0, 1]}", trials=2)
    assert {path.name for path in (tmp_path / "runs").iterdir()} == {"toy"}


def test_a_sampler_that_learns_nothing_of_constraints_finds_all_its_trials(run: Run) -> None:
    # The Gaussian process asks for the corner beyond the constraint again and again.
    outcome = run(
        "x: {float: [0, 1]}\ny: {float: [0, 1]}",
        "{trainer: {max_epochs: 1}}",
        extra="constraints: [x + y <= 1]",
        trials=14,
        seed=1,
        max_concurrent=1,
        sampler="{name: gp, startup_trials: 4}",
        scheduler="{name: none}",
    )
    assert not outcome.exhausted
    assert len(outcome.result.started()) == 14
