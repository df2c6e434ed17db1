from __future__ import annotations

import copy
from typing import Any

import pytest

from search.resolve import look, put, resolve
from trainables.contract import TrialConfig


class Config(TrialConfig):
    @classmethod
    def arguments(cls, section: str, name: str) -> frozenset[str] | None:
        return {"SGD": frozenset({"lr", "momentum"}), "Adam": frozenset({"lr", "betas"})}.get(name)


BASE: dict[str, Any] = {"optimizer": {"name": "SGD", "lr": 0.1, "momentum": 0.9}, "x": {"y": 1}}


@pytest.mark.parametrize(
    ("values", "optimizer"),
    [
        ({}, {"name": "SGD", "lr": 0.1, "momentum": 0.9}),
        ({"optimizer.name": "SGD"}, {"name": "SGD", "lr": 0.1, "momentum": 0.9}),
        ({"optimizer.name": "Adam"}, {"name": "Adam", "lr": 0.1}),
        (
            {"optimizer.momentum": 0.5, "optimizer.name": "Adam"},
            {"name": "Adam", "lr": 0.1, "momentum": 0.5},
        ),
        ({"optimizer.name": "new"}, {"name": "new", "lr": 0.1, "momentum": 0.9}),
        ({"optimizer.lr": 1, "optimizer": {"name": "Adam"}}, {"name": "Adam", "lr": 1}),
        ({"optimizer": None}, None),
    ],
)
def test_values_are_put_into_the_base(values: dict[str, Any], optimizer: Any) -> None:
    before = copy.deepcopy(BASE)
    assert resolve(BASE, values, Config) == {"optimizer": optimizer, "x": {"y": 1}}
    assert before == BASE


def test_a_trial_shares_nothing_with_the_base() -> None:
    block = {"name": "Adam"}
    resolved = resolve(BASE, {"optimizer": block}, Config)
    resolved["optimizer"]["name"] = "changed"
    resolved["x"]["y"] = 2
    assert block == {"name": "Adam"}
    assert BASE["x"] == {"y": 1}


def test_put_makes_the_mappings_on_the_way() -> None:
    config: dict[str, Any] = {"a": None}
    put(config, "a.b.c", 1)
    assert config == {"a": {"b": {"c": 1}}}
    assert look(config, "a.b") == {"c": 1}


@pytest.mark.parametrize("key", ["a.x", "a.b.c.d", "z"])
def test_look_refuses_a_key_that_is_not_there(key: str) -> None:
    with pytest.raises(KeyError):
        look({"a": {"b": {"c": 1}}}, key)
