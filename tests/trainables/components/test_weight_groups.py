from __future__ import annotations

import warnings
from typing import Any

import pytest
from torch import nn
from torch.optim import Optimizer

from trainables.components import optimizers
from trainables.components.component import Component
from trainables.components.weight_groups import GROUPED, argument_of, grouped


def net() -> nn.Module:
    return nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Linear(8, 6), nn.Linear(6, 1))


def built(name: str, **given: Any) -> Optimizer:
    component = Component.model_validate({"name": name, **given})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return optimizers.build(component, net().parameters(), steps=10)


def test_matrices_but_the_head_turn_and_all_other_weights_do_not() -> None:
    hidden, rest = grouped("muon", net().parameters())
    assert hidden["use_muon"] and not rest["use_muon"]
    assert [tuple(weight.shape) for weight in hidden["params"]] == [(8, 4), (6, 8)]
    # by hand: biases of 8, 6 and 1, scale and shift of 8, and the head of 1 x 6
    shapes = [tuple(weight.shape) for weight in rest["params"]]
    assert sorted(shapes) == [(1,), (1, 6), (6,), (8,), (8,), (8,)]


def test_other_optimizers_have_one_group() -> None:
    assert len(built("AdamW").param_groups) == 1


@pytest.mark.parametrize("name", sorted(GROUPED))
def test_each_group_has_the_settings_of_its_own_arguments(name: str) -> None:
    optimizer = built(name, lr=0.03, weight_decay=0.02, adamw_lr=0.005, adamw_wd=0.01)
    hidden, rest = optimizer.param_groups
    assert (hidden["lr"], hidden["weight_decay"]) == (0.03, 0.02)
    assert (rest["lr"], rest["weight_decay"]) == (0.005, 0.01)


@pytest.mark.parametrize("name", sorted(GROUPED))
def test_a_setting_is_traced_back_to_its_argument(name: str) -> None:
    defaults = optimizers.resolved(Component(name=name), 10)
    for group in built(name).param_groups:
        for setting in ("lr", "betas", "weight_decay", "eps"):
            if setting in group:
                assert group[setting] == defaults[argument_of(setting, group, defaults)]
