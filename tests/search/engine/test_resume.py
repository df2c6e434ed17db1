"""Going on with a search that was cut off: the same trials to the same end, and no other search."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from optuna.trial import TrialState

from search.engine.outcome import Outcome
from search.engine.record import Record
from search.engine.resume import require_same
from search.errors import UserError
from search.exits import Exit
from search.load import load
from search.results.checkpoints import is_intact
from search.results.folder import SearchFolder
from search.results.result import SearchResult
from search.results.trials import State, TrialRecord

pytestmark = pytest.mark.ray

Run = Callable[..., Outcome]

SPACE = "x: {float: [0, 1]}"
SEARCH: Mapping[str, Any] = {
    "trials": 8,
    "max_concurrent": 1,
    "seed": 5,
    "scheduler": "{name: asha, grace_epochs: 1, reduction_factor: 2}",
    "sampler": "{name: tpe, startup_trials: 3}",
}


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


def rows(result: SearchResult) -> list[tuple[Any, ...]]:
    """What must not depend on whether a search was cut off."""
    return [
        (t.number, t.state, dict(t.point), t.seed, [(r.epoch, dict(r.metrics)) for r in t.reports])
        for t in result.trials
    ]


def first_complete(result: SearchResult) -> int:
    """A trial that had many epochs, so that it can be cut off in their midst."""
    return next(trial.number for trial in result.trials if trial.state is State.COMPLETE)


@pytest.fixture
def whole(run: Run, folder: SearchFolder) -> SearchResult:
    """The search as it is when nothing disturbs it."""
    result = run(SPACE, **SEARCH).result
    folder.path.rename(folder.path.with_name("whole"))
    return result


def test_an_interrupted_search_ends_as_it_would_have(
    run: Run, whole: SearchResult, interrupting: Callable[[int, int], Any]
) -> None:
    number = first_complete(whole)
    cut = run(SPACE, view=interrupting(number, 4), **SEARCH)
    assert cut.code == Exit.INTERRUPTED
    assert cut.result.trials[number].state is State.INTERRUPTED
    resumed = run(SPACE, **SEARCH).result
    assert rows(resumed) == rows(whole)
    assert [trial.attempts for trial in resumed.trials[number : number + 2]] == [2, 1]


def test_a_damaged_checkpoint_gives_way_to_the_one_before_it(
    run: Run,
    whole: SearchResult,
    folder: SearchFolder,
    interrupting: Callable[[int, int], Any],
    quiet_view: type[Any],
) -> None:
    number = first_complete(whole)
    cut = run(SPACE, view=interrupting(number, 4), **SEARCH).result
    last = cut.trials[number].checkpoints[-1]
    file = folder.path / last.path
    damaged = bytearray(file.read_bytes())
    damaged[0] ^= 1
    file.write_bytes(damaged)
    view = quiet_view()
    resumed = run(SPACE, view=view, **SEARCH).result
    assert rows(resumed) == rows(whole)
    assert [str(file) in note for note in view.notes] == [True]
    words = Record.open(folder.record).study.trials[number].system_attrs
    assert words["tune_run:attempt:002"]["epoch"] == last.epoch - 1


def test_a_worker_that_outlives_its_attempt_touches_nothing_of_the_next(
    run: Run,
    whole: SearchResult,
    folder: SearchFolder,
    interrupting: Callable[[int, int], Any],
    quiet_view: type[Any],
) -> None:
    number = first_complete(whole)
    cut = run(SPACE, view=interrupting(number, 4), **SEARCH).result
    before = (folder.path / cut.trials[number].checkpoints[-1].path).parent

    class Haunted(quiet_view):  # type: ignore[misc]
        """While the next attempt trains, the one before goes on writing where it wrote."""

        def trial_changed(self, trial: TrialRecord) -> None:
            if trial.number == number and trial.state is State.RUNNING:
                (before / f"epoch={trial.epochs + 1:04d}.ckpt").write_text("{}")
                (before / "error.txt").write_text("ValueError: of the attempt before")

    resumed = run(SPACE, view=Haunted(), **SEARCH).result
    assert rows(resumed) == rows(whole)
    trial = resumed.trials[number]
    assert all(is_intact(folder.path, checkpoint) for checkpoint in trial.checkpoints)
    left = {str(file.relative_to(folder.path)) for file in before.rglob("*.ckpt")}
    assert left == {checkpoint.path for checkpoint in trial.checkpoints}


def test_an_epoch_that_cannot_be_recorded_ends_the_search_and_is_trained_again(
    run: Run, whole: SearchResult, folder: SearchFolder, quiet_view: type[Any]
) -> None:
    number = first_complete(whole)

    class Refusing(quiet_view):  # type: ignore[misc]
        """The record takes everything but one epoch."""

        def trial_changed(self, trial: TrialRecord) -> None:
            if (trial.number, trial.epochs) == (number, 3):
                refuse(folder.record, "tune_run:report:000004")

    cut = run(SPACE, view=Refusing(), **SEARCH)
    assert cut.code == Exit.INFRASTRUCTURE
    said = (
        f"epoch 4 of trial {number:05d} could not be recorded: OperationalError: integer overflow"
    )
    assert cut.reason == said
    assert cut.result.trials[number].state is State.INTERRUPTED
    assert [report.epoch for report in cut.result.trials[number].reports] == [1, 2, 3]
    accept_again(folder.record)
    assert rows(run(SPACE, **SEARCH).result) == rows(whole)


def refuse(record: Path, key: str) -> None:
    """Let SQLite fail at a value: the smallest whole number has no absolute value."""
    with closing(sqlite3.connect(record, timeout=30)) as connection, connection:
        connection.execute(
            "CREATE TRIGGER refusal BEFORE INSERT ON trial_system_attributes "
            f"WHEN NEW.key = '{key}' BEGIN SELECT abs(-9223372036854775808); END"
        )


def accept_again(record: Path) -> None:
    with closing(sqlite3.connect(record, timeout=30)) as connection, connection:
        connection.execute("DROP TRIGGER refusal")


def test_a_resume_needs_nothing_that_ray_has_left(
    run: Run, whole: SearchResult, folder: SearchFolder, interrupting: Callable[[int, int], Any]
) -> None:
    run(SPACE, view=interrupting(first_complete(whole), 2), **SEARCH)
    for file in sorted(folder.ray.rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    assert rows(run(SPACE, **SEARCH).result) == rows(whole)


def test_a_search_that_died_before_its_manifest_is_begun_anew(
    run: Run, folder: SearchFolder
) -> None:
    folder.path.mkdir(parents=True)
    folder.record.touch()
    assert run(SPACE, trials=1).result.count(State.COMPLETE) == 1


def test_a_point_that_was_asked_for_and_never_begun_is_trained_under_its_number(
    run: Run, folder: SearchFolder, whole: SearchResult
) -> None:
    run(SPACE, **{**SEARCH, "trials": 3})
    record = Record.open(folder.record)
    assert record.ask().number == 3
    record.close()
    resumed = run(SPACE, **SEARCH).result
    assert rows(resumed) == rows(whole)
    states = {trial.state for trial in Record.open(folder.record).study.trials}
    assert TrialState.RUNNING not in states


CHANGES: list[tuple[Mapping[str, Any], str]] = [
    ({"base": "{y: 1.0}"}, "y was None and is 1.0"),
    ({"space": "x: {float: [0, 2]}"}, "space.x.domain was"),
]


@pytest.mark.parametrize(("change", "said"), CHANGES)
def test_another_search_is_refused_with_the_difference(
    run: Run, folder: SearchFolder, write_space: Callable[..., Path], change: Any, said: str
) -> None:
    run(SPACE, trials=1)
    other = load(str(write_space(**({"space": SPACE} | change))))
    with pytest.raises(UserError, match="begun with something else") as refused:
        require_same(other, folder)
    assert said in str(refused.value)
    assert any(said in difference for difference in require_same(other, folder, force=True))


def test_other_options_of_a_choice_are_refused_even_by_force(
    run: Run, folder: SearchFolder, write_space: Callable[..., Path]
) -> None:
    run("kind: [plain, shifted]", trials=1)
    other = load(str(write_space("kind: [plain, other]")))
    with pytest.raises(UserError, match="the options of kind were changed"):
        require_same(other, folder, force=True)


def test_another_objective_is_refused_even_by_force(
    run: Run, folder: SearchFolder, write_space: Callable[..., Path]
) -> None:
    run(SPACE, trials=1)
    other = load(str(write_space(SPACE, metric="other", mode="min")))
    for force in (False, True):
        with pytest.raises(UserError, match="Optuna cannot go on with other objectives") as refused:
            require_same(other, folder, force=force)
        assert "search.metric was score (max) and is other (min);" in str(refused.value)


def test_more_trials_are_the_same_search(
    run: Run, folder: SearchFolder, write_space: Callable[..., Path]
) -> None:
    run(SPACE, trials=1)
    assert require_same(load(str(write_space(SPACE, trials=9))), folder) == ()
