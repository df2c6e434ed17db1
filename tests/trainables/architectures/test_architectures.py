from __future__ import annotations

from typing import Any, get_args

import pytest
import torch
from pydantic import TypeAdapter, ValidationError
from torch import nn

from trainables.architectures import ARCHITECTURES, Architecture, Mlp, ResNet
from trainables.architectures.residual import Residual

CONFIGS: list[dict[str, Any]] = [
    {"name": "mlp", "width": 5, "depth": 2},
    {"name": "mlp", "width": 5, "depth": 1, "batchnorm": True, "dropout": 0.5, "activation": "elu"},
    {"name": "resnet", "width": 5, "depth": 2, "block_size": 3, "activation": "gelu"},
    {"name": "resnet", "width": 5, "depth": 1, "batchnorm": False, "dropout": 0.0},
]


def build(config: dict[str, Any], n_features: int = 4) -> nn.Module:
    flat: Any = TypeAdapter(Architecture).validate_python(config)
    assert isinstance(flat, Mlp | ResNet)
    return flat.build(n_features)


@pytest.mark.parametrize("member", get_args(get_args(Architecture)[0]))
def test_every_member_of_the_union_is_known_by_its_name(member: Any) -> None:
    assert ARCHITECTURES[member().name] is member


@pytest.mark.parametrize("name", ["mlp", "resnet"])
def test_flat_features_train_at_the_defaults(name: str) -> None:
    net = build({"name": name})
    logits = net(torch.randn(7, 4))
    assert logits.shape == (7,)
    logits.square().sum().backward()
    assert all(part.grad is not None for part in net.parameters())


@pytest.mark.parametrize("config", CONFIGS)
def test_a_row_becomes_one_logit(config: dict[str, Any]) -> None:
    assert build(config)(torch.randn(7, 4)).shape == (7,)


def test_the_perceptron_has_the_weights_that_its_sizes_say() -> None:
    # By hand: 4 x 5 + 5, 5 x 5 + 5, 5 + 1.
    assert sum(part.numel() for part in build(CONFIGS[0]).parameters()) == 25 + 30 + 6


def test_the_residual_network_has_the_weights_that_its_sizes_say() -> None:
    # By hand: 4 x 5 + 5; two blocks of three layers with 2 x 5 (norm) and 5 x 5 + 5; norm and head.
    assert sum(part.numel() for part in build(CONFIGS[2]).parameters()) == 25 + 6 * 40 + 10 + 6


def test_a_silent_branch_leaves_the_features_alone() -> None:
    branch = nn.Linear(3, 3)
    nn.init.zeros_(branch.weight)
    nn.init.zeros_(branch.bias)
    features = torch.randn(2, 3)
    assert torch.equal(Residual(branch)(features), features)


def test_every_weight_of_a_network_is_reached_by_the_gradient() -> None:
    for config in CONFIGS:
        net = build(config)
        net(torch.randn(16, 4)).square().sum().backward()
        assert all(part.grad is not None for part in net.parameters())


@pytest.mark.parametrize(
    "config",
    [
        {"name": "transformer"},
        {"name": "mlp", "block_size": 2},
        {"name": "mlp", "depth": 0},
        {"name": "mlp", "activation": "swish"},
        {"name": "resnet", "block_size": 4},
        {"name": "mlp", "dropout": 1.0},
        {"name": "mlp", "width": 8.5},
    ],
)
def test_what_no_network_can_be_built_from_is_refused(config: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        build(config)
