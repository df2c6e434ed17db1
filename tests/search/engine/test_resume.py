"""Going on with a search that was cut off: the same points, and no other search."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from optuna.trial import TrialState

from search.engine.outcome import Outcome
from search.engine.record import Record
from search.engine.resume import require_same
from search.errors import UserError
from search.load import load
from search.results.folder import SearchFolder
from search.results.trials import State

pytestmark = pytest.mark.ray

Run = Callable[..., Outcome]
GRID = "x: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]"


def cut_off(folder: SearchFolder, number: int) -> None:
    """Make a finished trial look as if its search had died while it ran."""
    record = Record.open(folder.record)
    storage = record._storage
    trial_id = record._id(number)
    storage.engine.dispose()
    import sqlite3

    with sqlite3.connect(folder.record) as connection:
        connection.execute("UPDATE trials SET state='RUNNING' WHERE trial_id=?", (trial_id,))
        connection.execute(
            "UPDATE trial_system_attributes SET value_json='\"running\"' "
            "WHERE trial_id=? AND key='tune_run:state'",
            (trial_id,),
        )


def test_a_grid_that_was_cut_off_is_trained_to_its_last_point(
    run: Run, folder: SearchFolder
) -> None:
    options = {"trials": 6, "sampler": "{name: grid}", "scheduler": "{name: none}"}
    run(GRID, **options)
    for number in (2, 4):
        cut_off(folder, number)
    result = run(GRID, **options).result
    complete = [trial.point["x"] for trial in result.trials if trial.state is State.COMPLETE]
    assert sorted(map(str, complete)) == ["0.1", "0.2", "0.3", "0.4", "0.5", "0.6"]
    assert result.count(State.INTERRUPTED) == 2


def test_a_point_that_was_asked_for_and_never_begun_is_trained(
    run: Run, folder: SearchFolder
) -> None:
    run("x: {float: [0, 1]}", trials=1)
    record = Record.open(folder.record)
    asked = record.study.ask()
    lost = asked.suggest_float("x", 0, 1)
    result = run("x: {float: [0, 1]}", trials=2).result
    assert lost in [trial.point["x"] for trial in result.trials if trial.state is State.COMPLETE]
    states = {trial.state for trial in Record.open(folder.record).study.trials}
    assert TrialState.RUNNING not in states


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"metric": "other", "mode": "min"}, "search.metric was 'score' and is 'other'"),
        ({"base": "{y: 1.0}"}, "y was None and is 1.0"),
        ({"space": "x: {float: [0, 2]}"}, "the space or the trainable was changed"),
    ],
)
def test_another_search_is_refused_with_the_difference(
    run: Run, folder: SearchFolder, write_space: Callable[..., Path], change: Any, said: str
) -> None:
    run("x: {float: [0, 1]}", trials=1)
    path = write_space(**({"space": "x: {float: [0, 1]}"} | change))
    with pytest.raises(UserError, match="begun with something else") as refused:
        require_same(load(str(path)), folder)
    assert said in str(refused.value)


def test_more_trials_are_the_same_search(
    run: Run, folder: SearchFolder, write_space: Callable[..., Path]
) -> None:
    run("x: {float: [0, 1]}", trials=1)
    require_same(load(str(write_space("x: {float: [0, 1]}", trials=9))), folder)
