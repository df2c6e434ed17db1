from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from pytorch_optimizer.loss import BCEFocalLoss, FocalLoss
from torch import Tensor, nn

from trainables.components.focal import MulticlassFocalLoss, SigmoidFocalLoss

LOGITS = torch.tensor([-2.0, -0.5, 0.3, 1.7, 4.0, -1.0])
TARGET = torch.tensor([0.0, 1.0, 1.0, 0.0, 1.0, 0.0])
CLASS_LOGITS = torch.tensor([[2.0, 0.0, -1.0], [0.5, 0.4, 0.3], [-1.0, 3.0, 1.0], [0.0, 0.0, 2.0]])
CLASSES = torch.tensor([0, 2, 1, 0])


def binary(**given: Any) -> Tensor:
    loss: Tensor = SigmoidFocalLoss(**given)(LOGITS, TARGET)
    return loss


def classes(**given: Any) -> Tensor:
    loss: Tensor = MulticlassFocalLoss(3, reduction="none", **given)(CLASS_LOGITS, CLASSES)
    return loss


def test_focal_agrees_with_pytorch_optimizer() -> None:
    expected = FocalLoss(alpha=1.0, gamma=1.5)(LOGITS, TARGET)
    assert binary(gamma=1.5).item() == pytest.approx(expected.item())


def test_balanced_focal_agrees_with_pytorch_optimizer() -> None:
    expected = BCEFocalLoss(alpha=0.3, gamma=2.0)(LOGITS.sigmoid(), TARGET)
    assert binary(gamma=2.0, alpha=0.3).item() == pytest.approx(expected.item(), rel=1e-5)


def test_unfocused_focal_is_the_smoothed_cross_entropy() -> None:
    # gamma = 0 leaves CE(y') with y' = 0.9 y + 0.05.
    expected = nn.functional.binary_cross_entropy_with_logits(LOGITS, 0.9 * TARGET + 0.05)
    assert binary(gamma=0.0, label_smoothing=0.1).item() == pytest.approx(expected.item())


def test_focal_over_classes_by_hand() -> None:
    logits = torch.tensor([[0.7, 0.2, 0.1], [0.2, 0.5, 0.3]]).log()
    found = MulticlassFocalLoss(3, gamma=2.0, reduction="none")(logits, torch.tensor([0, 2]))
    # (1 - p)^2 (-log p) with p = 0.7 and p = 0.3: each sample by its own p.
    expected = [0.3**2 * -math.log(0.7), 0.7**2 * -math.log(0.3)]
    assert found.tolist() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("alpha", [None, 0.25, (0.2, 1.0, 3.0)])
@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_unfocused_focal_over_classes_is_the_cross_entropy_of_torch(
    alpha: Any, smoothing: float
) -> None:
    weights = torch.tensor(alpha if isinstance(alpha, tuple) else [alpha or 1.0] * 3)
    expected = nn.functional.cross_entropy(
        CLASS_LOGITS, CLASSES, weight=weights, label_smoothing=smoothing, reduction="none"
    )
    found = classes(gamma=0.0, alpha=alpha, label_smoothing=smoothing)
    assert found.tolist() == pytest.approx(expected.tolist(), rel=1e-5)


def test_two_classes_are_the_binary_loss() -> None:
    pairs = torch.stack([torch.zeros_like(LOGITS), LOGITS], dim=1)
    found = MulticlassFocalLoss(2, gamma=1.5, alpha=(0.3, 0.7))(pairs, TARGET.long())
    assert found.item() == pytest.approx(binary(gamma=1.5, alpha=0.7).item(), rel=1e-5)


def test_smoothing_spreads_the_label_over_all_classes() -> None:
    # sum_k q_k (1 - p_k)^gamma (-log p_k) with q = (0.8, 0.1, 0.1), p = (0.7, 0.2, 0.1), gamma 1.
    logits = torch.tensor([[0.7, 0.2, 0.1]]).log()
    found = MulticlassFocalLoss(3, gamma=1.0, label_smoothing=0.3)(logits, torch.tensor([0]))
    terms = [(0.8, 0.7), (0.1, 0.2), (0.1, 0.1)]
    expected = sum(q * (1 - p) * -math.log(p) for q, p in terms)
    assert found.item() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("gamma", [0.0, 0.3, 1.0, 2.0])
def test_a_sample_that_is_surely_right_has_a_finite_gradient(gamma: float) -> None:
    logit = torch.tensor([300.0], requires_grad=True)
    SigmoidFocalLoss(gamma=gamma)(logit, torch.ones(1)).backward()
    logits = torch.tensor([[300.0, 0.0]], requires_grad=True)
    MulticlassFocalLoss(2, gamma=gamma)(logits, torch.tensor([0])).backward()
    assert logit.grad is not None and logit.grad.isfinite().all()
    assert logits.grad is not None and logits.grad.isfinite().all()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"gamma": -1.0}, "gamma is -1.0"),
        ({"label_smoothing": 1.0}, "label_smoothing is 1.0"),
        ({"alpha": (1.0, 2.0)}, "alpha has 2 numbers, but there are 3 classes"),
        ({"alpha": (1.0, -2.0, 1.0)}, "must not be negative"),
    ],
)
def test_what_cannot_be_is_refused(given: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        classes(**given)
