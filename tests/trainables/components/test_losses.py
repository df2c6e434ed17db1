from __future__ import annotations

from typing import Any

import pytest
import torch
from pytorch_optimizer import get_supported_loss_functions
from torch import Tensor, nn

from trainables.components import losses
from trainables.components.adapted_loss import AdaptedLoss
from trainables.components.component import Component
from trainables.components.loss_table import OURS, Fed, Known
from trainables.contract import ConfigError

TORCH = [name for name in vars(nn) if name.endswith("Loss")]
LIBRARIES = [*TORCH, "AdaptiveLogSoftmaxWithLoss", *get_supported_loss_functions()]
ALL = list(dict.fromkeys([*LIBRARIES, *losses.names()]))

PLAIN = "use BCEWithLogitsLoss for two classes, CrossEntropyLoss for more"
MARGIN = "use SoftMarginLoss for two classes, MultiMarginLoss for more"
REFUSED = {
    "AdaptiveLogSoftmaxWithLoss": PLAIN,
    "CTCLoss": PLAIN,
    "CosineEmbeddingLoss": "focalcosineloss",
    "GaussianNLLLoss": "use MSELoss",
    "HingeEmbeddingLoss": MARGIN,
    "KLDivLoss": PLAIN,
    "LinearCrossEntropyLoss": PLAIN,
    "MarginRankingLoss": MARGIN,
    "MultiLabelMarginLoss": "it is MultiMarginLoss",
    "PoissonNLLLoss": PLAIN,
    "TripletMarginLoss": MARGIN,
    "TripletMarginWithDistanceLoss": MARGIN,
}
"""What the libraries have but no config may name, with what to take instead."""

_TEMPERED = {"t1": 0.8, "t2": 1.2}
NEEDED: dict[str, Any] = {
    "binarybitemperedlogisticloss": _TEMPERED,
    "bitemperedlogisticloss": _TEMPERED,
}
UNWEIGHTED = {
    "diceloss",
    "focalloss",
    "focaltverskyloss",
    "jaccardloss",
    "ldamloss",
    "lovaszhingeloss",
    "softf1loss",
    "tverskyloss",
}
"""Losses of the whole batch, which have no value a sample."""

LOGITS = torch.tensor([-2.0, -0.5, 0.3, 1.7, 4.0, -1.0])
TARGET = torch.tensor([0.0, 1.0, 1.0, 0.0, 1.0, 0.0])
WEIGHT = torch.tensor([1.0, 2.0, 0.5, 3.0, 0.0, 1.0])

CLASS_LOGITS = torch.tensor(
    [[2.0, 0.0, -1.0], [0.5, 0.4, 0.3], [-1.0, 3.0, 1.0], [0.0, 0.0, 2.0], [1.0, -1.0, 0.0]]
)
CLASSES = torch.tensor([0, 2, 1, 2, 1])
CLASS_WEIGHT = torch.tensor([1.0, 2.0, 0.5, 3.0, 0.0])
DATA = {2: (LOGITS, TARGET, WEIGHT), 3: (CLASS_LOGITS, CLASSES, CLASS_WEIGHT)}
"""Logits, labels and weights of samples, by the number of classes."""

TASKS = [(name, n_classes) for n_classes in DATA for name in losses.names(n_classes)]


def built(name: str, n_classes: int = 2, **task: Any) -> AdaptedLoss:
    component = Component.model_validate({"name": name, **NEEDED.get(name, {})})
    return losses.build(component, n_classes=n_classes, **task)


def loss_of(weight: Tensor | None = None, **given: Any) -> Tensor:
    value: Tensor = losses.build(Component(**given), weighted=weight is not None)(
        LOGITS, TARGET, weight
    )
    return value


def loss_of_classes(**given: Any) -> Tensor:
    value: Tensor = losses.build(Component(**given), n_classes=3)(CLASS_LOGITS, CLASSES)
    return value


def test_what_the_libraries_know_but_no_table_allows_is_refused_with_a_reason() -> None:
    assert set(ALL) - set(losses.names()) == set(REFUSED)


def test_every_loss_serves_a_task() -> None:
    assert set(losses.names()) == {*losses.names(2), *losses.names(3)}


@pytest.mark.parametrize(("name", "reason"), REFUSED.items())
def test_a_refused_loss_says_what_to_take_instead(name: str, reason: str) -> None:
    with pytest.raises(ConfigError) as error:
        losses.build(Component(name=name))
    assert error.value.key == "loss.name"
    assert error.value.message.startswith(f"{name} cannot be used: ")
    assert reason in error.value.message


@pytest.mark.parametrize(
    ("name", "n_classes"),
    [(name, 5 - n) for n in DATA for name in losses.names(n) if (name, 5 - n) not in TASKS],
)
def test_a_loss_of_the_other_task_names_one_that_serves(name: str, n_classes: int) -> None:
    with pytest.raises(ConfigError) as error:
        built(name, n_classes)
    assert error.value.key == "loss.name"
    assert f"and the data has {n_classes}" in error.value.message
    assert error.value.message.rsplit("use ", 1)[1] in losses.names(n_classes)


@pytest.mark.parametrize(("name", "n_classes"), TASKS)
def test_every_loss_trains_in_the_tasks_that_it_serves(name: str, n_classes: int) -> None:
    logits, target, _ = DATA[n_classes]
    start = torch.zeros_like(logits[0] if n_classes > 2 else logits[:1])
    bias = nn.Parameter(start)
    slope = nn.Parameter(torch.tensor(0.5))
    loss = built(name, n_classes)
    optimizer = torch.optim.SGD([bias, slope], lr=0.02)
    values = []
    for _ in range(20):
        optimizer.zero_grad()
        value = loss(logits * slope + bias, target)
        value.backward()
        optimizer.step()
        values.append(value.item())
    assert torch.isfinite(torch.tensor(values)).all()
    assert values[-1] < values[0]


OVERFLOWS = {"SoftMarginLoss"}
"""Infinite where a large logit has the wrong sign, which its note says."""

EXTREMES = {
    "one class": ([-2.0, 0.5, 1.0, 3.0], [0, 0, 0, 0]),
    "the other class": ([-2.0, 0.5, 1.0, 3.0], [1, 1, 1, 1]),
    "one row": ([0.3], [1]),
    "surely right": ([-500.0, 500.0], [0, 1]),
    "surely wrong": ([500.0, -500.0], [0, 1]),
}


@pytest.mark.parametrize("case", EXTREMES)
@pytest.mark.parametrize(("name", "n_classes"), [one for one in TASKS if one[0] not in OVERFLOWS])
def test_an_extreme_batch_has_a_finite_loss_and_gradient(
    name: str, n_classes: int, case: str
) -> None:
    scores, labels = map(torch.tensor, EXTREMES[case])
    binary = n_classes == 2
    logits = scores if binary else torch.stack([0.0 * scores, scores, -scores], dim=1)
    logits.requires_grad_()
    value = built(name, n_classes)(logits, labels.float() if binary else labels)
    value.backward()
    assert value.isfinite()
    assert logits.grad is not None and logits.grad.isfinite().all()


@pytest.mark.parametrize("name", sorted(OVERFLOWS))
def test_a_loss_that_overflows_says_so(name: str) -> None:
    value = built(name)(torch.tensor([500.0]), torch.tensor([0.0]))
    assert not value.isfinite()
    notes = {entry.row.name: entry.row.note for entry in losses.table()}
    assert "infinite" in notes[name]


def test_a_loss_of_ours_is_a_class_and_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    class Distance(nn.Module):
        def __init__(self, reduction: str) -> None:
            super().__init__()

        def forward(self, logits: Tensor, target: Tensor) -> Tensor:
            return (logits - target).abs()

    monkeypatch.setitem(OURS, "Distance", (Distance, Known(Fed("logits"))))
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


@pytest.mark.parametrize(("name", "n_classes"), [one for one in TASKS if one[0] in UNWEIGHTED])
@pytest.mark.parametrize(
    ("task", "key"),
    [({"weighted": True}, "data.weight"), ({"class_weights": (2.0,) * 3}, "data.class_weights")],
)
def test_a_loss_of_the_whole_batch_takes_no_weights(
    name: str, n_classes: int, task: Any, key: str
) -> None:
    with pytest.raises(ConfigError, match=f"no value a sample, so `{key}` cannot act") as error:
        built(name, n_classes, **task)
    assert error.value.key == "loss.name"


@pytest.mark.parametrize(("name", "n_classes"), [one for one in TASKS if one[0] not in UNWEIGHTED])
def test_equal_weights_change_nothing(name: str, n_classes: int) -> None:
    logits, target, weight = DATA[n_classes]
    weighted = built(name, n_classes, weighted=True, class_weights=(5.0,) * n_classes)
    found = weighted(logits, target, torch.full_like(weight, 0.3))
    assert found.item() == pytest.approx(built(name, n_classes)(logits, target).item(), rel=1e-5)


@pytest.mark.parametrize(("name", "n_classes"), [one for one in TASKS if one[0] not in UNWEIGHTED])
def test_a_sample_of_weight_zero_counts_nothing(name: str, n_classes: int) -> None:
    logits, target, weight = DATA[n_classes]
    kept = weight > 0
    found = built(name, n_classes, weighted=True)(logits, target, weight)
    without = built(name, n_classes, weighted=True)(logits[kept], target[kept], weight[kept])
    assert found.item() == pytest.approx(without.item(), rel=1e-5)


def test_the_weights_of_classes_are_those_of_torch() -> None:
    weights = torch.tensor([0.5, 2.0, 1.0])
    expected = nn.functional.cross_entropy(CLASS_LOGITS, CLASSES, weight=weights)
    found = built("CrossEntropyLoss", 3, class_weights=weights.tolist())(CLASS_LOGITS, CLASSES)
    assert found.item() == pytest.approx(expected.item())


def test_the_weight_of_a_class_multiplies_those_of_its_samples() -> None:
    each = nn.functional.binary_cross_entropy_with_logits(LOGITS, TARGET, reduction="none")
    weights = [w * (4.0 if y == 1.0 else 1.0) for w, y in zip(WEIGHT, TARGET, strict=True)]
    expected = sum(float(w * value) for w, value in zip(weights, each, strict=True))
    found = built("BCEWithLogitsLoss", weighted=True, class_weights=(1.0, 4.0))
    # By hand: 1 + 8 + 2 + 3 + 0 + 1.
    assert found(LOGITS, TARGET, WEIGHT).item() == pytest.approx(expected / 15.0)


def test_a_class_weight_is_given_as_a_number() -> None:
    expected = nn.functional.binary_cross_entropy_with_logits(
        LOGITS, TARGET, pos_weight=torch.tensor(2.5)
    )
    found = loss_of(name="BCEWithLogitsLoss", pos_weight=2.5)
    assert found.item() == pytest.approx(expected.item())


def test_the_cross_entropy_is_that_of_torch() -> None:
    expected = nn.functional.cross_entropy(CLASS_LOGITS, CLASSES, label_smoothing=0.1)
    found = loss_of_classes(name="CrossEntropyLoss", label_smoothing=0.1)
    assert found.item() == pytest.approx(expected.item())


def test_the_likelihood_gets_logarithms_of_probabilities() -> None:
    expected = nn.functional.cross_entropy(CLASS_LOGITS, CLASSES)
    assert loss_of_classes(name="NLLLoss").item() == pytest.approx(expected.item())


def test_squares_of_classes_are_those_of_all_probabilities() -> None:
    shares = CLASS_LOGITS.softmax(dim=1).tolist()
    away = [
        (share - (label == number)) ** 2
        for row, label in zip(shares, CLASSES.tolist(), strict=True)
        for number, share in enumerate(row)
    ]
    assert loss_of_classes(name="MSELoss").item() == pytest.approx(sum(away) / 15)


def test_the_margin_between_classes_by_hand() -> None:
    # Sums of max(0, 1 - f_y + f_k) over k != y, by hand: 0, 1.2 + 1.1, 0, 0 and 3 + 2.
    assert loss_of_classes(name="MultiMarginLoss").item() == pytest.approx(7.3 / 3 / 5)


def test_one_against_the_rest_is_the_cross_entropy_of_each_class() -> None:
    one_hot = nn.functional.one_hot(CLASSES, 3).float()
    expected = nn.functional.binary_cross_entropy_with_logits(CLASS_LOGITS, one_hot)
    found = loss_of_classes(name="MultiLabelSoftMarginLoss")
    assert found.item() == pytest.approx(expected.item())


def test_dice_over_classes_by_hand() -> None:
    shares = CLASS_LOGITS.softmax(dim=1)
    truth = nn.functional.one_hot(CLASSES, 3)
    # 1 - 2 sum(p y) / (sum p + sum y) for each class, and their mean.
    scores = 2.0 * (shares * truth).sum(dim=0) / (shares + truth).sum(dim=0)
    expected = float((1.0 - scores).mean())
    assert loss_of_classes(name="diceloss").item() == pytest.approx(expected, rel=1e-5)


def test_the_margins_of_ldam_follow_from_the_rows_of_each_class() -> None:
    # Cao et al., arXiv:1906.07413: margins C / n^(1/4), here 0.5, 0.25 and 0.25 for 1, 16 and 16
    # rows; the scaled cross-entropy of logits less the margin of the true class.
    margins = torch.tensor([0.5, 0.25, 0.25])
    moved = CLASS_LOGITS - nn.functional.one_hot(CLASSES, 3) * margins
    expected = nn.functional.cross_entropy(10.0 * moved, CLASSES)
    component = Component.model_validate({"name": "ldamloss", "s": 10.0})
    loss = losses.build(component, n_classes=3, class_counts=[1, 16, 16])
    assert loss(CLASS_LOGITS, CLASSES).item() == pytest.approx(expected.item(), rel=1e-5)


@pytest.mark.parametrize(
    ("given", "key", "message"),
    [
        ({"name": "BCEWithLogitLoss"}, "loss.name", "did you mean 'BCEWithLogitsLoss'"),
        ({"name": "SigmoidFocalLoss", "gama": 1.0}, "loss.gama", "did you mean 'gamma'"),
        ({"name": "SigmoidFocalLoss", "gamma": -1.0}, "loss.gamma", "must not be negative"),
        ({"name": "BCEWithLogitsLoss", "reduction": "sum"}, "loss.reduction", "no such argument"),
        ({"name": "BCEWithLogitsLoss", "pos_weight": "x"}, "loss.pos_weight", "is wanted"),
        ({"name": "binarybitemperedlogisticloss"}, "loss.t1", "needs this argument"),
        ({"name": "CrossEntropyLoss"}, "loss.name", "more than two classes, and the data has 2"),
        ({"name": "ldamloss", "num_class_list": [1, 2]}, "loss.name", "use SigmoidFocalLoss"),
    ],
)
def test_what_is_refused_is_named(given: Any, key: str, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        loss_of(**given)
    assert error.value.key == key
    assert message in error.value.message


def test_what_the_data_decides_is_no_argument() -> None:
    with pytest.raises(ConfigError, match="no such argument") as error:
        losses.build(Component(name="ldamloss", num_class_list=[1, 2, 3]), n_classes=3)
    assert error.value.key == "loss.num_class_list"


def test_the_table_holds_every_loss_once() -> None:
    rows = [entry.row for entry in losses.table()]
    assert sorted(row.name for row in rows) == sorted(ALL)
    assert {row.name for row in rows if not row.works} == set(REFUSED)
