"""Whole searches of two objectives on a real cluster, over curves that are known by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from mlflow import MlflowClient

from search.engine.outcome import Outcome
from search.engine.record import Record
from search.engine.resume import require_same
from search.errors import UserError
from search.exits import Exit
from search.load import load
from search.results.folder import SearchFolder
from search.results.fronts import dominates
from search.results.pareto import front_of, trade_off_of
from search.results.result import SearchResult
from search.results.trials import TRAINED, State, TrialRecord

pytestmark = pytest.mark.ray

Run = Callable[..., Outcome]

SPACE = "x: {float: [0, 1]}\ny: {float: [0, 0.5]}"
SEARCH: Mapping[str, Any] = {
    "trainable": Path(__file__).with_name("two_sided_trainable.py"),
    "metric": "[gain, cost]",
    "mode": "[max, min]",
    "trials": 8,
    "max_concurrent": 1,
    "seed": 5,
    "finalists": 2,
    "scheduler": "{name: asha, grace_epochs: 1, reduction_factor: 2}",
    "sampler": "{name: tpe, startup_trials: 3}",
}


def values(trial: TrialRecord) -> tuple[float, float]:
    """What a trial reached, by its point: no epoch of it dominates another, so the last one."""
    x, y = float(str(trial.point["x"])), float(str(trial.point["y"]))
    return x * trial.epochs, x**2 * trial.epochs + y


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> SearchFolder:
    """The folder of the search that nothing disturbs."""
    return SearchFolder(tmp_path_factory.mktemp("whole") / "runs" / "toy")


@pytest.fixture(scope="module")
def whole(run_in: Run, kept: SearchFolder) -> SearchResult:
    """The search as it is when nothing disturbs it."""
    return run_in(kept.path.parent.parent, SPACE, track=True, **SEARCH).result


def test_a_search_of_two_objectives_finds_their_front(
    whole: SearchResult, kept: SearchFolder
) -> None:
    goal = trade_off_of(whole)
    trained = [trial for trial in whole.trials if trial.state in TRAINED]
    assert {trial.state for trial in trained} == {State.COMPLETE, State.STOPPED}
    assert len(trained) == 8
    for trial in trained:
        assert trial.values(goal) == pytest.approx(values(trial))
    losses = {trial.number: goal.losses(trial.values(goal)) for trial in trained}
    front = {n for n, own in losses.items() if not any(dominates(o, own) for o in losses.values())}
    assert {point.trial.number for point in front_of(whole)} == front
    table = pd.read_csv(kept.tables / "pareto.csv")
    assert set(table["trial"]) == front
    assert table["knee"].sum() == 1
    assert (kept.tables / "pareto.png").stat().st_size > 0


def test_the_checkpoint_of_each_trial_gives_what_it_is_worth(
    whole: SearchResult, kept: SearchFolder
) -> None:
    goal = trade_off_of(whole)
    for trial in whole.trials:
        checkpoint = trial.best_checkpoint(goal)
        assert checkpoint is not None
        held = json.loads((kept.path / checkpoint.path).read_text())
        x, y = held["x"], float(str(trial.point["y"]))
        reached = (x * held["epoch"], x**2 * held["epoch"] + y)
        assert trial.values(goal) == pytest.approx(reached)


def test_mlflow_has_the_knee_the_extremes_and_the_picture(
    whole: SearchResult, kept: SearchFolder
) -> None:
    client = MlflowClient(tracking_uri=f"sqlite:///{kept.path.parent}/mlflow.db")
    (experiment,) = client.search_experiments()
    found = client.search_runs([experiment.experiment_id])
    (parent,) = [run for run in found if "mlflow.parentRunId" not in run.data.tags]
    front = front_of(whole)
    gains, costs = zip(*(point.values for point in front), strict=True)
    said = {
        **dict(zip(("knee_gain", "knee_cost"), front[0].values, strict=True)),
        **{"best_gain": max(gains), "best_cost": min(costs), "on_front": len(front)},
    }
    assert {key: parent.data.metrics[key] for key in said} == pytest.approx(said)
    files = {file.path for file in client.list_artifacts(parent.info.run_id)}
    assert {"pareto.csv", "pareto.png", "best"} <= files


@pytest.fixture
def interrupting(quiet_view: type[Any]) -> Callable[[int, int], Any]:
    """A view that presses Ctrl-C when a trial has reported an epoch."""

    class Interrupting(quiet_view):  # type: ignore[misc]
        def __init__(self, number: int, epoch: int) -> None:
            super().__init__()
            self.when = (number, epoch)

        def trial_changed(self, trial: TrialRecord) -> None:
            if (trial.number, trial.epochs, trial.state) == (*self.when, State.RUNNING):
                self.end.end_search("interrupted by SIGINT", Exit.INTERRUPTED)

    return Interrupting


def tables(folder: Path) -> dict[str, pd.DataFrame]:
    """What must not depend on whether a search was cut off; a path tells the attempt."""
    read = {name: pd.read_csv(folder / "tables" / f"{name}.csv") for name in ("trials", "pareto")}
    return {
        name: table.drop(columns=["seconds", "attempts"], errors="ignore").assign(
            checkpoint=table["checkpoint"].str.replace(r"attempt-\d+/", "", regex=True)
        )
        for name, table in read.items()
    }


def test_an_interrupted_search_ends_as_it_would_have(
    run: Run,
    whole: SearchResult,
    kept: SearchFolder,
    folder: SearchFolder,
    interrupting: Callable[[int, int], Any],
) -> None:
    number = next(trial.number for trial in whole.trials if trial.state is State.COMPLETE)
    cut = run(SPACE, view=interrupting(number, 4), **SEARCH)
    assert cut.code == Exit.INTERRUPTED
    assert cut.result.trials[number].state is State.INTERRUPTED
    resumed = run(SPACE, **SEARCH).result
    assert resumed.trials[number].attempts == 2
    first, second = tables(kept.path), tables(folder.path)
    for name, table in first.items():
        pd.testing.assert_frame_equal(second[name], table)
    told = [
        [(trial.state, trial.values) for trial in Record.open(where / "record.db").study.trials]
        for where in (folder.path, kept.path)
    ]
    assert told[0] == told[1]


BOTH_ENDS = {**SEARCH, "trials": 1, "finalists": 0}


def test_a_bad_last_epoch_counts_for_nothing_and_is_kept(run: Run, folder: SearchFolder) -> None:
    (trial,) = run(SPACE, "{slip_epoch: 9}", **BOTH_ENDS).result.trials
    goal = Record.open(folder.record).goal()
    best = trial.best_report(goal)
    assert best is not None
    assert (trial.epochs, best.epoch) == (9, 8)
    assert [checkpoint.epoch for checkpoint in trial.checkpoints] == [8, 9]
    chosen = trial.best_checkpoint(goal)
    assert chosen is not None
    assert chosen.epoch == 8


def test_several_checkpoints_of_a_trial_lie_along_its_own_front(run: Run) -> None:
    # gain and cost both grow by equal steps: the ends of the nine epochs are 1 and 9, and of those
    # that were still there each time one stays between them
    base = "{checkpointing: {save_top_k: 3}}"
    result = run(SPACE, base, **BOTH_ENDS).result
    (trial,) = result.trials
    epochs = [checkpoint.epoch for checkpoint in trial.checkpoints]
    assert (epochs[0], epochs[-1], len(epochs)) == (1, 9, 3)
    assert sorted(point.epoch for point in front_of(result)) == epochs


def test_a_trial_diverges_by_any_of_its_objectives(run: Run) -> None:
    outcome = run(SPACE, "{nan_epoch: 3}", **BOTH_ENDS)
    (trial,) = outcome.result.trials
    assert (trial.state, trial.cause) == (State.DIVERGED, "cost was nan at epoch 3")
    assert outcome.code == Exit.NOTHING_USABLE


def test_a_search_does_not_go_on_with_other_objectives(
    run: Run, folder: SearchFolder, write_space: Callable[..., Path]
) -> None:
    run(SPACE, **BOTH_ENDS)
    other = BOTH_ENDS | {"metric": "gain", "mode": "max"}
    loaded = load(str(write_space(SPACE, **other)))
    with pytest.raises(UserError, match="Optuna cannot go on with other objectives") as error:
        require_same(loaded, folder, force=True)
    assert "search.metric was ['gain', 'cost'] (['max', 'min']) and is gain (max)" in str(
        error.value
    )
