from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from search.errors import UserError
from search.files.config_file import load_config
from search.names import TrainableRef
from search.results.best import choose, export
from search.results.folder import SearchFolder
from search.results.result import SearchResult
from search.results.trials import Perturbation


@pytest.fixture
def found(train_fault: Any, manifest: dict[str, Any]) -> SearchResult:
    """Three trials; score = 9 x, so that trial 1 is best, then 2, then 0; other = 1 - x."""
    trials = tuple(train_fault(n, x=x, kind="1e-3") for n, x in enumerate([0.1, 0.9, 0.5]))
    return SearchResult("toy", manifest, trials, {1: {"test_score": 8.0}})


def damage(found: SearchResult, folder: SearchFolder, number: int) -> Path:
    file = folder.path / found.trials[number].checkpoints[-1].path
    file.write_text(file.read_text() + " ")
    return file


@pytest.mark.parametrize(("rank", "number", "value"), [(1, 1, 8.1), (2, 2, 4.5), (3, 0, 0.9)])
def test_trials_are_chosen_by_rank(
    found: Any, toy_folder: Any, fault_trainable: Any, rank: int, number: int, value: float
) -> None:
    chosen = choose(found, toy_folder, fault_trainable, rank, None)
    assert chosen.trial.number == number
    assert chosen.checkpoint.value == pytest.approx(value)
    assert chosen.passed_over == ()


def test_a_damaged_checkpoint_is_passed_over_and_named(
    found: Any, toy_folder: Any, fault_trainable: Any
) -> None:
    file = damage(found, toy_folder, 1)
    chosen = choose(found, toy_folder, fault_trainable, 1, None)
    assert chosen.trial.number == 2
    (passed,) = chosen.passed_over
    assert passed.trial.number == 1
    assert passed.fault is not None
    assert str(file) in passed.fault


def test_a_rank_beyond_the_sound_trials_names_what_is_wrong(
    found: Any, toy_folder: Any, fault_trainable: Any
) -> None:
    file = damage(found, toy_folder, 1)
    with pytest.raises(UserError) as error:
        choose(found, toy_folder, fault_trainable, 3, None)
    assert "only 2 trials can be exported, rank 3 was asked for" in str(error.value)
    assert f"trial 00001: {file}" in str(error.value)


def test_another_metric_chooses_in_its_own_direction(
    train_fault: Any, toy_folder: Any, fault_trainable: Any, manifest: dict[str, Any]
) -> None:
    # score = 9 x + y puts trial 0 first, 1 - x (to be small) puts trial 1 first
    trials = (train_fault(0, x=0.1, y=99.0), train_fault(1, x=0.9))
    found = SearchResult("toy", manifest, trials, {})
    assert choose(found, toy_folder, fault_trainable, 1, None).trial.number == 0
    chosen = choose(found, toy_folder, fault_trainable, 1, "other")
    assert chosen.trial.number == 1
    assert chosen.checkpoint.value == pytest.approx(0.1)


def test_an_unknown_metric_is_told_with_the_nearest(
    found: Any, toy_folder: Any, fault_trainable: Any
) -> None:
    with pytest.raises(UserError) as error:
        choose(found, toy_folder, fault_trainable, 1, "scor")
    assert str(error.value) == (
        "--metric: unknown metric 'scor'; known: score, other; did you mean 'score'?"
    )


def test_a_trainable_that_has_gone_is_a_mistake_of_the_user(found: Any, toy_folder: Any) -> None:
    gone = TrainableRef("./gone.py", str(toy_folder.path / "gone.py"))
    with pytest.raises(UserError, match=r"gone\.py"):
        choose(found, toy_folder, gone, 1, "other")


def test_the_folder_holds_all_that_is_needed(
    found: Any, toy_folder: Any, fault_trainable: Any, tmp_path: Path
) -> None:
    chosen = choose(found, toy_folder, fault_trainable, 1, None)
    out = tmp_path / "deep" / "best"
    assert export(chosen, found, toy_folder, out) == out / "config.yaml"
    names = sorted(path.name for path in out.iterdir())
    assert names == ["README.md", "config.yaml", "model.ckpt", "origin.json"]
    kept = found.trials[1].checkpoints[-1]
    assert hashlib.sha256((out / "model.ckpt").read_bytes()).hexdigest() == kept.sha256
    assert json.loads((out / "model.ckpt").read_text())["epoch"] == 9


def test_the_origin_names_trial_epoch_and_value(
    found: Any, toy_folder: Any, fault_trainable: Any, tmp_path: Path
) -> None:
    chosen = choose(found, toy_folder, fault_trainable, 2, None)
    export(chosen, found, toy_folder, tmp_path / "best")
    origin = json.loads((tmp_path / "best" / "origin.json").read_text())
    assert (origin["search"], origin["search_id"]) == ("toy", "0123")
    assert (origin["trial"], origin["seed"], origin["epoch"]) == (2, 102, 9)
    assert (origin["metric"], origin["value"]) == ("score", 4.5)
    assert origin["sha256"] == found.trials[2].checkpoints[-1].sha256


def test_the_card_tells_point_and_metrics(
    found: Any, toy_folder: Any, fault_trainable: Any, tmp_path: Path
) -> None:
    chosen = choose(found, toy_folder, fault_trainable, 1, None)
    export(chosen, found, toy_folder, tmp_path / "best")
    card = (tmp_path / "best" / "README.md").read_text()
    assert "trial 00001 of the search toy" in card
    assert "Rank 1 by `score` (max) of 3 trials" in card
    assert "| x | 0.9 |" in card
    assert "| score | 8.1 |" in card
    assert "| test_score | 8 |" in card


def test_the_exported_config_trains_the_same_again(
    found: Any, toy_folder: Any, fault_trainable: Any, tmp_path: Path
) -> None:
    chosen = choose(found, toy_folder, fault_trainable, 1, None)
    again = load_config(str(export(chosen, found, toy_folder, tmp_path / "best")))
    # `kind` is the text "1e-3", which must not come back as a number
    assert again.plain == {"x": 0.9, "kind": "1e-3"}
    assert again.trainable.file == fault_trainable.file


def test_a_trainable_with_checkpoints_to_start_from_is_told_of_this_one(
    found: Any, toy_folder: Any, tmp_path: Path
) -> None:
    source = (Path(found.manifest["trainable_file"])).read_text()
    section = (
        "class Starting(Frozen):\n    load_checkpoint: str | None = None\n\n\n"
        "class Config(TrialConfig):\n    checkpointing: Starting = Starting()\n"
    )
    own = tmp_path / "starting.py"
    own.write_text(source.replace("class Config(TrialConfig):\n", section))
    trainable = TrainableRef("starting.py", str(own))
    chosen = choose(found, toy_folder, trainable, 1, None)
    changed = SearchResult("toy", {**found.manifest, "trainable_file": str(own)}, found.trials, {})
    config = export(chosen, changed, toy_folder, tmp_path / "best")
    checkpoint = str(tmp_path / "best" / "model.ckpt")
    assert load_config(str(config)).plain["checkpointing"] == {"load_checkpoint": checkpoint}


def test_the_config_is_that_of_the_epoch_of_the_checkpoint(
    train_fault: Any, toy_folder: Any, fault_trainable: Any, manifest: dict[str, Any]
) -> None:
    trial = train_fault(0, x=0.5)
    start = type(trial)(
        **{
            **vars(trial),
            "config": {"x": 0.1},
            "point": {"x": 0.1},
            "perturbed": (Perturbation(4, {"x": 0.5}, {"x": 0.5}),),
        }
    )
    chosen = choose(
        SearchResult("toy", manifest, (start,), {}), toy_folder, fault_trainable, 1, None
    )
    assert (chosen.config, chosen.point) == ({"x": 0.5}, {"x": 0.5})


def test_a_file_is_not_written_over_by_a_folder(
    found: Any, toy_folder: Any, fault_trainable: Any, tmp_path: Path
) -> None:
    chosen = choose(found, toy_folder, fault_trainable, 1, None)
    (tmp_path / "best").write_text("mine")
    with pytest.raises(UserError, match="is a file"):
        export(chosen, found, toy_folder, tmp_path / "best")
    assert (tmp_path / "best").read_text() == "mine"
