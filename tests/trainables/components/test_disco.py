from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from trainables.components.disco import Penalty
from trainables.components.disco_config import Disco
from trainables.components.distance_correlation import distance_correlation
from trainables.contract import ConfigError


def options(**given: Any) -> Disco:
    return Disco.model_validate({"variables": ["mass"], "lambda": 1.0, **given})


def events(n_classes: int = 2, n: int = 80) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Logits, labels, weights and two variables."""
    random = torch.Generator().manual_seed(5)
    variables = torch.randn(n, 2, generator=random)
    shape = (n,) if n_classes == 2 else (n, n_classes)
    logits = torch.randn(shape, generator=random) + variables[:, 0].reshape(
        n, *[1] * (len(shape) - 1)
    )
    labels = torch.randint(n_classes, (n,), generator=random)
    weights = torch.rand(n, generator=random)
    return logits, labels.float() if n_classes == 2 else labels, weights, variables


def test_only_the_background_counts() -> None:
    logits, labels, weights, variables = events()
    penalty = Penalty(options(), (0,))
    before = penalty(logits, labels, weights, variables)
    moved = torch.where(labels == 1, 100.0 * variables[:, 0], logits)
    assert penalty(moved, labels, weights, variables).item() == before.item()
    other = Penalty(options(), (0, 1))(moved, labels, weights, variables)
    assert other.item() != pytest.approx(before.item())


def test_variables_are_summed_up() -> None:
    logits, labels, weights, variables = events()
    penalty = Penalty(options(), (0,))
    both = penalty(logits, labels, weights, variables)
    parts = [penalty(logits, labels, weights, variables[:, [column]]) for column in (0, 1)]
    assert both.item() == pytest.approx(sum(part.item() for part in parts), rel=1e-5)


def test_weights_count_where_they_are_asked_for() -> None:
    logits, labels, weights, variables = events()
    plain, weighted = (Penalty(options(weighted=flag), (0,)) for flag in (False, True))
    ones = torch.ones_like(weights)
    assert plain(logits, labels, weights, variables) == plain(logits, labels, ones, variables)
    found = weighted(logits, labels, weights, variables).item()
    chosen = labels == 0
    expected = sum(
        distance_correlation(logits[chosen], variable[chosen], weights[chosen]).item()
        for variable in variables.unbind(1)
    )
    assert found == pytest.approx(expected, rel=1e-5)


def test_a_score_is_the_probability_of_the_logit() -> None:
    logits, labels, weights, variables = events()
    found = Penalty(options(of="score"), (0,))(logits, labels, weights, variables)
    as_logit = Penalty(options(), (0,))(logits.sigmoid(), labels, weights, variables)
    assert found.item() == as_logit.item()


def test_logits_of_several_classes_are_summed_up() -> None:
    logits, labels, weights, variables = events(3)
    found = Penalty(options(), (1, 2))(logits, labels, weights, variables[:, :1])
    chosen = labels > 0
    expected = sum(
        distance_correlation(column[chosen], variables[chosen, 0]).item()
        for column in logits.unbind(1)
    )
    assert found.item() == pytest.approx(expected)


def test_the_entropy_of_several_classes_is_one_number() -> None:
    logits, labels, weights, variables = events(3)
    entropy = torch.distributions.Categorical(logits=logits).entropy()  # type: ignore[no-untyped-call]
    found = Penalty(options(multiclass="entropy"), (0,))(logits, labels, weights, variables[:, :1])
    chosen = labels == 0
    expected = distance_correlation(entropy[chosen], variables[chosen, 0])
    assert found.item() == pytest.approx(expected.item(), abs=1e-4)


@pytest.mark.parametrize("multiclass", ["logits", "entropy"])
def test_hopeless_logits_give_a_finite_gradient(multiclass: str) -> None:
    logits = torch.tensor([[0.0, 200.0, -200.0]] * 8, requires_grad=True)
    penalty = Penalty(options(multiclass=multiclass, of="score"), (0,))
    penalty(logits, torch.zeros(8), torch.ones(8), torch.arange(8.0)[:, None]).backward()  # type: ignore[no-untyped-call]
    assert logits.grad is not None
    assert torch.isfinite(logits.grad).all()


def test_a_batch_without_background_has_no_penalty() -> None:
    logits = torch.randn(8, requires_grad=True)
    value = Penalty(options(), (0,))(logits, torch.ones(8), torch.ones(8), torch.ones(8, 1))
    value.backward()  # type: ignore[no-untyped-call]
    assert value.item() == 0


def test_some_of_many_events_are_drawn_alike_each_time() -> None:
    logits, labels, weights, variables = events(n=400)
    few = Penalty(options(), (0,), most=50)
    torch.manual_seed(0)
    first = few(logits, labels, weights, variables)
    torch.manual_seed(1)
    assert few(logits, labels, weights, variables) == first
    # by theory 50 independent pairs give about 0.05 more than all of them do
    assert first.item() != Penalty(options(), (0,))(logits, labels, weights, variables).item()
    enough = Penalty(options(), (0,), most=400)(logits, labels, weights, variables)
    assert enough == Penalty(options(), (0,))(logits, labels, weights, variables)


@pytest.mark.parametrize(
    ("given", "classes", "numbers"),
    [
        ({}, [0, 1], (0,)),
        ({}, ["tt", "ttH"], (0,)),
        ({"classes": ["WZ", "tt"]}, ["tt", "ttH", ["Z", "WZ"]], (0, 2)),
        ({"classes": ["Z", "WZ"]}, ["tt", "ttH", ["Z", "WZ"]], (2,)),
        ({"classes": [1]}, [0, 1], (1,)),
    ],
)
def test_classes_are_named_as_the_label_has_them(
    given: dict[str, Any], classes: list[Any], numbers: tuple[int, ...]
) -> None:
    assert options(**given).numbers(classes) == numbers


@pytest.mark.parametrize(
    ("given", "classes", "message"),
    [
        ({"classes": ["ttHH"]}, ["tt", "ttH"], "disco.classes: no class 'ttHH'.*mean 'ttH'"),
        ({}, ["tt", "ttH", "Z"], "disco.classes: say which of tt, ttH, Z are background"),
        ({"weighted": True}, [0, 1], "disco.weighted: has no effect without data.weight"),
        ({"multiclass": "entropy"}, [0, 1], "disco.multiclass: entropy needs three"),
    ],
)
def test_what_cannot_act_is_refused(
    given: dict[str, Any], classes: list[Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        options(**given).check(classes, weighted=False)
