from __future__ import annotations

from typing import Any

import pytest
import torch
from pytorch_optimizer import get_supported_loss_functions
from pytorch_optimizer.loss import BCEFocalLoss, FocalLoss
from torch import Tensor, nn

from trainables.components import losses
from trainables.components.component import Component
from trainables.components.loss_table import OURS, Fed
from trainables.contract import ConfigError

TORCH = [name for name in vars(nn) if name.endswith("Loss")]
LIBRARIES = [*TORCH, "AdaptiveLogSoftmaxWithLoss", *get_supported_loss_functions()]
ALL = list(dict.fromkeys([*LIBRARIES, *losses.names()]))

CLASSES = "it wants one output a class"
INPUTS = "it wants other inputs than a logit and a label"
REFUSED = {
    "AdaptiveLogSoftmaxWithLoss": CLASSES,
    "CTCLoss": INPUTS,
    "CosineEmbeddingLoss": INPUTS,
    "CrossEntropyLoss": CLASSES,
    "GaussianNLLLoss": INPUTS,
    "HingeEmbeddingLoss": INPUTS,
    "KLDivLoss": INPUTS,
    "LinearCrossEntropyLoss": CLASSES,
    "MarginRankingLoss": INPUTS,
    "MultiLabelMarginLoss": CLASSES,
    "MultiLabelSoftMarginLoss": CLASSES,
    "MultiMarginLoss": CLASSES,
    "NLLLoss": CLASSES,
    "PoissonNLLLoss": "it is for counts",
    "TripletMarginLoss": INPUTS,
    "TripletMarginWithDistanceLoss": INPUTS,
    "bitemperedlogisticloss": "or binarybitemperedlogisticloss",
    "focalcosineloss": CLASSES,
    "ldamloss": CLASSES,
}
"""What the libraries have but no config may name, with the heart of the reason."""

NEEDED: dict[str, Any] = {"binarybitemperedlogisticloss": {"t1": 0.8, "t2": 1.2}}
UNWEIGHTED = {
    "diceloss",
    "focalloss",
    "focaltverskyloss",
    "jaccardloss",
    "lovaszhingeloss",
    "softf1loss",
    "tverskyloss",
}
"""Losses of the whole batch, which have no value a sample."""

LOGITS = torch.tensor([-2.0, -0.5, 0.3, 1.7, 4.0, -1.0])
TARGET = torch.tensor([0.0, 1.0, 1.0, 0.0, 1.0, 0.0])
WEIGHT = torch.tensor([1.0, 2.0, 0.5, 3.0, 0.0, 1.0])


def loss_of(weight: Tensor | None = None, **given: Any) -> Tensor:
    built = losses.build(Component(**given), weighted=weight is not None)
    value: Tensor = built(LOGITS, TARGET, weight)
    return value


def test_what_the_libraries_know_but_no_table_allows_is_refused_with_a_reason() -> None:
    assert set(ALL) - set(losses.names()) == set(REFUSED)


@pytest.mark.parametrize(("name", "reason"), REFUSED.items())
def test_a_refused_loss_says_why(name: str, reason: str) -> None:
    with pytest.raises(ConfigError) as error:
        losses.build(Component(name=name))
    assert error.value.key == "loss.name"
    assert error.value.message.startswith(f"{name} cannot be used: ")
    assert reason in error.value.message


@pytest.mark.parametrize("name", [name for name in ALL if name not in REFUSED])
def test_every_other_loss_trains(name: str) -> None:
    given: dict[str, Any] = {"name": name, **NEEDED.get(name, {})}
    weight = nn.Parameter(torch.tensor([1.0, -0.5]))
    features = torch.stack([LOGITS, TARGET], dim=1)
    built = losses.build(Component(**given))
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


def test_a_loss_of_ours_is_a_class_and_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    class Distance(nn.Module):
        def __init__(self, reduction: str) -> None:
            super().__init__()

        def forward(self, logits: Tensor, target: Tensor) -> Tensor:
            return (logits - target).abs()

    monkeypatch.setitem(OURS, "Distance", (Distance, Fed("logits")))
    # By hand: |f - y| is 2, 1.5, 0.7, 1.7, 3 and 1, in sum 9.9.
    assert loss_of(name="Distance").item() == pytest.approx(9.9 / 6)
    assert "Distance" in losses.names()


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


@pytest.mark.parametrize("name", sorted(UNWEIGHTED))
def test_a_loss_of_the_whole_batch_takes_no_weights(name: str) -> None:
    with pytest.raises(ConfigError, match="has no value a sample") as error:
        loss_of(torch.full_like(TARGET, 0.3), name=name)
    assert error.value.key == "loss.name"


@pytest.mark.parametrize("name", [name for name in losses.names() if name not in UNWEIGHTED])
def test_equal_weights_change_nothing(name: str) -> None:
    given: dict[str, Any] = {"name": name, **NEEDED.get(name, {})}
    weighted = loss_of(torch.full_like(TARGET, 0.3), **given)
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
