from __future__ import annotations

from typing import Any

from search.results.best import Chosen, choose
from search.results.model_card import model_card
from search.results.result import SearchResult


def best(found: SearchResult, folder: Any, trainable: Any) -> Chosen:
    return choose(found, folder, trainable, 1, None)


def test_the_card_tells_point_and_metrics(
    found: Any, toy_folder: Any, fault_trainable: Any
) -> None:
    card = model_card(best(found, toy_folder, fault_trainable), found)
    assert "trial 00001 of the search toy" in card
    assert "Rank 1 by `score` (max) of 3 trials" in card
    assert "| x | 0.9 |" in card
    assert "| score | 8.1 |" in card
    assert "| test_score | 8 |" in card
    assert "so they flatter it; the test metrics did not." in card
    assert "Seed 101; git commit abc; optuna 5.0." in card


def test_a_card_without_test_metrics_does_not_speak_of_them(
    found: SearchResult, toy_folder: Any, fault_trainable: Any
) -> None:
    untested = SearchResult("toy", found.manifest, found.trials, {})
    card = model_card(best(untested, toy_folder, fault_trainable), untested)
    assert "so they flatter it." in card
    assert "test metrics" not in card
    assert "test_score" not in card


def test_a_card_without_a_commit_does_not_speak_of_it(
    found: SearchResult, toy_folder: Any, fault_trainable: Any
) -> None:
    manifest = {**found.manifest, "git_commit": None}
    outside = SearchResult("toy", manifest, found.trials, {})
    card = model_card(best(outside, toy_folder, fault_trainable), outside)
    assert "Seed 101; optuna 5.0." in card
    assert "git" not in card


def test_a_search_of_nothing_has_no_table_of_parameters(
    train_fault: Any, toy_folder: Any, fault_trainable: Any, manifest: dict[str, Any]
) -> None:
    found = SearchResult("toy", manifest, (train_fault(0),), {})
    card = model_card(best(found, toy_folder, fault_trainable), found)
    assert "| metric | value |" in card
    assert "| parameter |" not in card


def test_the_card_of_a_trade_off_tells_which_one_it_is(
    traded_found: SearchResult, toy_folder: Any, fault_trainable: Any
) -> None:
    card = model_card(best(traded_found, toy_folder, fault_trainable), traded_found)
    assert (
        "Rank 1 by `score` (max) and `other` (min), picked by `knee`, of 3 trials. The checkpoint "
        "is from epoch 9 of 9"
    ) in card
    assert "| score | 16.5 |" in card
    assert "| other | 0.5 |" in card
    assert "| test_score | 16 |" in card
