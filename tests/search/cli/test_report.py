"""What is said at the end of a search, from outcomes that are written by hand."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from search.cli.report import show_outcome
from search.engine.outcome import Outcome
from search.load import Search, load
from search.results.folder import SearchFolder
from search.results.result import SearchResult
from search.results.trials import Checkpoint, Report, State, TrialRecord

Shown = Callable[..., list[str]]


def trial(number: int, state: State, cause: str | None = None, x: float = 0.5) -> TrialRecord:
    kept = (Checkpoint(f"trials/{number:05d}/epoch=0001.ckpt", 1, 0.5, "ab"),)
    reports = (Report(1, 1.0, {"score": 0.5}),)
    return TrialRecord(number, state, {"x": x}, 0, reports=reports, checkpoints=kept, cause=cause)


@pytest.fixture
def shown(search: Search, manifest: dict[str, Any], tmp_path: Path) -> Shown:
    """The lines that are printed at the end of a search of these trials, in a folder `toy`."""

    def show(
        *trials: TrialRecord, storage: Path = tmp_path, of: Search = search, **more: Any
    ) -> list[str]:
        held = manifest | {"parameters": ["x"], "choices": []}
        given: dict[str, Any] = {
            "result": SearchResult("toy", held, trials, {}),
            "code": 0,
            "reason": None,
            "rejected": 0,
            "duplicates": 0,
            "exhausted": False,
            "unrecorded": 0,
            "tracking_error": None,
        }
        file = StringIO()
        screen = Console(file=file, width=200)
        show_outcome(Outcome(**(given | more)), of, SearchFolder(storage / "toy"), screen)
        return file.getvalue().splitlines()

    return show


def steps(lines: list[str]) -> list[str]:
    return [line.strip() for line in lines[lines.index("Next:") + 1 :]]


@pytest.mark.parametrize("folder", ["runs", "a folder of a name that is rather long"])
def test_the_next_steps_stand_in_two_columns(shown: Shown, tmp_path: Path, folder: str) -> None:
    lines = shown(trial(0, State.COMPLETE), storage=tmp_path / folder)
    told = lines[lines.index("Next:") + 1 :]
    assert [line.split()[0] for line in told] == [
        *("tune-best", "tune-train", "tune-table", "tune-track"),
    ]
    purposes = ["the best checkpoint", "train on from it", "the tables", "the MLflow pages"]
    begins = {line.index(purpose) for line, purpose in zip(told, purposes, strict=True)}
    assert len(begins) == 1


def test_a_storage_with_a_blank_in_it_is_quoted(shown: Shown, tmp_path: Path) -> None:
    lines = shown(trial(0, State.COMPLETE), storage=tmp_path / "my runs")
    assert steps(lines)[3].startswith(f"tune-track --storage '{tmp_path}/my runs'  ")


def test_without_a_usable_trial_the_causes_come_next(shown: Shown, tmp_path: Path) -> None:
    file = tmp_path / "toy" / "trials" / "00001" / "error.txt"
    file.parent.mkdir(parents=True)
    file.write_text("KeyError: 'a'")
    lines = shown(
        trial(0, State.DIVERGED, "score was nan at epoch 2"),
        trial(1, State.FAILED, "Traceback\n  line\nKeyError: 'a'"),
    )
    assert [step.split("  ")[0] for step in steps(lines)] == [
        f"less {file}",
        f"tune-table toy --storage {tmp_path}",
    ]
    assert [line.split() for line in lines if "KeyError" in line] == [
        ["failed", "1", "1", "KeyError:", "'a'"]
    ]
    assert not any("tune-best" in line for line in lines)


def test_a_search_that_ended_before_a_trial_did_names_no_best(shown: Shown, tmp_path: Path) -> None:
    lines = shown(trial(0, State.INTERRUPTED), reason="Ctrl-C", code=130)
    assert [step.split("  ")[0] for step in steps(lines)] == [
        f"tune-table toy --storage {tmp_path}"
    ]


def test_the_best_trials_are_cut_and_that_is_said(shown: Shown, tmp_path: Path) -> None:
    lines = shown(*(trial(number, State.COMPLETE) for number in range(9)))
    assert f"8 of 9 trials; all of them: {tmp_path}/toy/trials.csv" in lines


@pytest.fixture
def grid(tmp_path: Path, fault_trainable: Any) -> Search:
    """A grid of three points in a search of twenty trials."""
    path = tmp_path / "grid.yaml"
    path.write_text(
        f"trainable: {fault_trainable.file}\n"
        "search: {metric: score, mode: max, trials: 20, sampler: {name: grid}}\n"
        "space: {x: [0.1, 0.2, 0.3]}\n"
    )
    return load(str(path), machine=None)


EXHAUSTED = (
    "The grid is exhausted: its 3 points were all tried, fewer than the 20 of search.trials."
)


def test_a_grid_that_was_tried_to_its_end_is_exhausted(shown: Shown, grid: Search) -> None:
    trials = [trial(n, State.COMPLETE, x=x) for n, x in enumerate([0.1, 0.2, 0.3])]
    assert EXHAUSTED in shown(*trials, of=grid)


def test_a_grid_of_which_a_point_is_left_is_not_exhausted(shown: Shown, grid: Search) -> None:
    trials = [trial(n, State.COMPLETE, x=x) for n, x in enumerate([0.1, 0.2, 0.1])]
    assert not any("exhausted" in line for line in shown(*trials, of=grid))


def test_of_several_objectives_the_front_and_the_knee_are_shown(
    shown: Shown, traded_trials: Any, traded_manifest: Any, tmp_path: Path
) -> None:
    manifest = traded_manifest | {"parameters": ["x"], "choices": []}
    lines = shown(result=SearchResult("toy", manifest, traded_trials, {}))
    rows = [line.split()[:4] for line in lines if line.strip().startswith(("0 ", "1 ", "2 "))]
    assert rows == [
        ["0", "9", "18.9", "0.9"],
        ["1", "9", "16.5", "0.5"],
        ["2", "9", "10.1", "0.1"],
    ]
    assert "toy: the front (* is its knee)" in lines
    assert f"3 trade-offs of 3 trials; all trials: {tmp_path}/toy/trials.csv" in lines
    assert f"Knee checkpoint: {tmp_path}/toy/trials/00001/epoch=0009.ckpt" in lines
    assert f"The front:       {tmp_path}/toy/tables/pareto.png" in lines
    assert f"tune-best toy --storage {tmp_path} --pick 'other<=X'" in lines[-4]
