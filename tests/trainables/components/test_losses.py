from __future__ import annotations

from typing import Any

import pytest
import torch
from pytorch_optimizer import get_supported_loss_functions
from pytorch_optimizer.loss import BCEFocalLoss, FocalLoss
from torch import Tensor, nn

from trainables.components import losses
from trainables.components.component import Component
from trainables.contract import ConfigError

TORCH = [name for name in vars(nn) if name.endswith("Loss")]
NEEDED: dict[str, Any] = {"binarybitemperedlogisticloss": {"t1": 0.8, "t2": 1.2}}
LOGITS = torch.tensor([-2.0, -0.5, 0.3, 1.7, 4.0, -1.0])
TARGET = torch.tensor([0.0, 1.0, 1.0, 0.0, 1.0, 0.0])
WEIGHT = torch.tensor([1.0, 2.0, 0.5, 3.0, 0.0, 1.0])


def loss_of(weight: Tensor | None = None, **given: Any) -> Tensor:
    built = losses.build(Component(**given), weighted=weight is not None)
    value: Tensor = built(LOGITS, TARGET, weight)
    return value


@pytest.mark.parametrize(
    "name",
    [*TORCH, "AdaptiveLogSoftmaxWithLoss", *get_supported_loss_functions(), "SigmoidFocalLoss"],
)
def test_every_loss_trains_or_is_refused_with_a_reason(name: str) -> None:
    given: dict[str, Any] = {"name": name, **NEEDED.get(name, {})}
    weight = nn.Parameter(torch.tensor([1.0, -0.5]))
    features = torch.stack([LOGITS, TARGET], dim=1)
    try:
        built = losses.build(Component(**given))
    except ConfigError as error:
        assert error.key == "loss.name"
        assert len(error.message) > 20
        return
    optimizer = torch.optim.SGD([weight], lr=0.05)
    values = []
    for _ in range(30):
        optimizer.zero_grad()
        value = built(features @ weight, TARGET)
        value.backward()
        optimizer.step()
        values.append(value.item())
    assert torch.isfinite(torch.tensor(values)).all()
    assert values[-1] < values[0]


@pytest.mark.parametrize("name", ["BCELoss", "bceloss"])
def test_losses_of_probabilities_get_them(name: str) -> None:
    # The cross-entropy of the probability is the cross-entropy of the logit.
    expected = nn.functional.binary_cross_entropy_with_logits(LOGITS, TARGET)
    assert loss_of(name=name).item() == pytest.approx(expected.item(), rel=1e-5)


def test_squares_are_those_of_the_probability() -> None:
    expected = ((LOGITS.sigmoid() - TARGET) ** 2).mean()
    assert loss_of(name="MSELoss").item() == pytest.approx(expected.item())


def test_the_soft_margin_is_the_cross_entropy_by_another_name() -> None:
    # log(1 + exp(-y f)) with y = -1, 1 equals the cross-entropy with 0, 1.
    expected = nn.functional.binary_cross_entropy_with_logits(LOGITS, TARGET)
    assert loss_of(name="SoftMarginLoss").item() == pytest.approx(expected.item())


def test_a_weighted_loss_is_the_weighted_mean() -> None:
    each = nn.functional.binary_cross_entropy_with_logits(LOGITS, TARGET, reduction="none")
    expected = sum(w * value for w, value in zip(WEIGHT.tolist(), each.tolist(), strict=True)) / 7.5
    assert loss_of(WEIGHT, name="BCEWithLogitsLoss").item() == pytest.approx(expected)


@pytest.mark.parametrize("name", losses.names())
def test_equal_weights_change_nothing(name: str) -> None:
    given: dict[str, Any] = {"name": name, **NEEDED.get(name, {})}
    try:
        weighted = loss_of(torch.full_like(TARGET, 0.3), **given)
    except ConfigError as error:
        assert "no value a sample" in error.message
        return
    assert weighted.item() == pytest.approx(loss_of(**given).item(), rel=1e-5)


def test_a_class_weight_is_given_as_a_number() -> None:
    expected = nn.functional.binary_cross_entropy_with_logits(
        LOGITS, TARGET, pos_weight=torch.tensor(2.5)
    )
    found = loss_of(name="BCEWithLogitsLoss", pos_weight=2.5)
    assert found.item() == pytest.approx(expected.item())


def test_focal_agrees_with_pytorch_optimizer() -> None:
    expected = FocalLoss(alpha=1.0, gamma=1.5)(LOGITS, TARGET)
    assert loss_of(name="SigmoidFocalLoss", gamma=1.5).item() == pytest.approx(expected.item())


def test_balanced_focal_agrees_with_pytorch_optimizer() -> None:
    expected = BCEFocalLoss(alpha=0.3, gamma=2.0)(LOGITS.sigmoid(), TARGET)
    found = loss_of(name="SigmoidFocalLoss", gamma=2.0, alpha=0.3)
    assert found.item() == pytest.approx(expected.item(), rel=1e-5)


def test_unfocused_focal_is_the_smoothed_cross_entropy() -> None:
    # gamma = 0 leaves CE(y') with y' = 0.9 y + 0.05.
    expected = nn.functional.binary_cross_entropy_with_logits(LOGITS, 0.9 * TARGET + 0.05)
    found = loss_of(name="SigmoidFocalLoss", gamma=0.0, label_smoothing=0.1)
    assert found.item() == pytest.approx(expected.item())


@pytest.mark.parametrize(
    ("given", "key", "message"),
    [
        ({"name": "BCEWithLogitLoss"}, "loss.name", "did you mean 'BCEWithLogitsLoss'"),
        ({"name": "SigmoidFocalLoss", "gama": 1.0}, "loss.gama", "did you mean 'gamma'"),
        ({"name": "SigmoidFocalLoss", "gamma": -1.0}, "loss.gamma", "must not be negative"),
        ({"name": "BCEWithLogitsLoss", "reduction": "sum"}, "loss.reduction", "no such argument"),
        ({"name": "BCEWithLogitsLoss", "pos_weight": "x"}, "loss.pos_weight", "is wanted"),
        ({"name": "binarybitemperedlogisticloss"}, "loss.t1", "needs this argument"),
        ({"name": "CrossEntropyLoss"}, "loss.name", "use BCEWithLogitsLoss"),
    ],
)
def test_what_is_refused_is_named(given: Any, key: str, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        loss_of(**given)
    assert error.value.key == key
    assert message in error.value.message
