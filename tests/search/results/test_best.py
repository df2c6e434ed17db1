from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from search.errors import UserError
from search.names import TrainableRef
from search.results.best import choose
from search.results.folder import SearchFolder
from search.results.pick import parse_pick
from search.results.result import SearchResult
from search.results.trials import Perturbation, State


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
    assert "only 2 trials can be exported, so that there is no rank 3" in str(error.value)
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


def refusal(found: SearchResult, folder: SearchFolder, trainable: TrainableRef) -> str:
    with pytest.raises(UserError) as error:
        choose(found, folder, trainable, 1, None)
    return str(error.value)


def test_a_search_of_faulty_trials_has_nothing_to_export_and_tells_where_the_causes_are(
    trial: Any, toy_folder: SearchFolder, fault_trainable: Any, manifest: dict[str, Any]
) -> None:
    states = (State.FAILED, State.DIVERGED, State.FAILED)
    failed = tuple(trial(n, [1.0], state) for n, state in enumerate(states))
    assert refusal(SearchResult("toy", manifest, failed, {}), toy_folder, fault_trainable) == (
        f"{toy_folder.path}: no trial ended with a value that can be believed (1 diverged, 2 "
        f"failed), so that there is nothing to export; why: tune-table {toy_folder.path}"
    )


def test_a_search_without_trials_has_nothing_to_export(
    toy_folder: SearchFolder, fault_trainable: Any, manifest: dict[str, Any]
) -> None:
    text = refusal(SearchResult("toy", manifest, (), {}), toy_folder, fault_trainable)
    assert text.endswith("no trial has begun yet, so that there is nothing to export")


def test_when_every_checkpoint_is_damaged_each_fault_is_told(
    found: SearchResult, toy_folder: SearchFolder, fault_trainable: Any
) -> None:
    files = [damage(found, toy_folder, number) for number in range(3)]
    text = refusal(found, toy_folder, fault_trainable)
    assert text.startswith(f"{toy_folder.path}: no trial can be exported\n")
    assert all(f"trial {n:05d}: {file}" in text for n, file in enumerate(files))


PICKS = [
    (None, 1, 1),
    ("knee", 1, 1),
    # the front goes on with sums of 1, the better score first
    ("knee", 2, 0),
    ("score=1,other=0", 1, 0),
    ("other<=0.2", 1, 2),
    ("score>=15", 1, 1),
]


@pytest.mark.parametrize(("text", "rank", "number"), PICKS)
def test_a_trade_off_is_chosen_by_what_is_picked(
    traded_found: Any,
    toy_folder: Any,
    fault_trainable: Any,
    text: str | None,
    rank: int,
    number: int,
) -> None:
    pick = parse_pick(text, traded_found.goal) if text else None
    chosen = choose(traded_found, toy_folder, fault_trainable, rank, pick)
    values = [{"score": 18.9, "other": 0.9}, {"score": 16.5, "other": 0.5}]
    values.append({"score": 10.1, "other": 0.1})
    assert (chosen.trial.number, chosen.checkpoint.epoch) == (number, 9)
    assert chosen.values == pytest.approx(values[number])


def test_a_damaged_trade_off_gives_way_to_the_next_one(
    traded_found: Any, toy_folder: Any, fault_trainable: Any
) -> None:
    damage(traded_found, toy_folder, 1)
    chosen = choose(traded_found, toy_folder, fault_trainable, 1, None)
    assert chosen.trial.number == 0
    (passed,) = chosen.passed_over
    assert passed.trial.number == 1


def test_each_objective_of_a_trade_off_is_verified(
    traded_found: Any, toy_folder: Any, fault_trainable: Any
) -> None:
    # x = 0.6 with y = 11.1 gives the score of x = 0.5 with y = 12, but not its other
    config = {"x": 0.6, "y": 11.1}
    trials = [replace(trial, config=config) for trial in traded_found.trials[1:2]]
    found = replace(traded_found, trials=tuple(trials))
    with pytest.raises(UserError) as error:
        choose(found, toy_folder, fault_trainable, 1, None)
    assert "other was reported as 0.5 and is now 0.4, 2.0e-01 of it away" in str(error.value)


def test_one_metric_can_choose_among_trade_offs(
    traded_found: Any, toy_folder: Any, fault_trainable: Any
) -> None:
    chosen = choose(traded_found, toy_folder, fault_trainable, 1, "other")
    assert (chosen.trial.number, chosen.pick) == (2, None)
    assert chosen.values == {"other": pytest.approx(0.1)}
