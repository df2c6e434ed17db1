from __future__ import annotations

from typing import get_args

import pytest
import torch
from pydantic import ValidationError

from trainables.sampling import Sampler, draw, n_drawn
from trainables.tabular import TabularData

LABELS = torch.tensor([0] * 10 + [1] * 3 + [2] * 5)


def drawn(sampler: Sampler, seed: int = 0) -> torch.Tensor:
    return draw(LABELS, sampler, torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(("sampler", "each"), [("over", 10), ("under", 3)])
def test_each_class_comes_equally_often(sampler: Sampler, each: int) -> None:
    assert torch.bincount(LABELS[drawn(sampler)]).tolist() == [each] * 3


def test_nothing_is_left_out_where_rows_come_again() -> None:
    assert sorted(set(drawn("over").tolist())) == list(range(18))


def test_nothing_comes_twice_where_rows_are_left_out() -> None:
    assert len(set(drawn("under").tolist())) == 9


def test_other_rows_are_left_out_each_time() -> None:
    seen = torch.cat([drawn("under", seed) for seed in range(20)])
    assert sorted(set(seen.tolist())) == list(range(18))


@pytest.mark.parametrize("sampler", get_args(Sampler))
def test_the_rows_follow_from_the_generator_and_come_mixed(sampler: Sampler) -> None:
    assert torch.equal(drawn(sampler), drawn(sampler))
    assert not torch.equal(drawn(sampler), drawn(sampler, 1))
    assert len(drawn(sampler)) == n_drawn(LABELS, sampler)
    assert not torch.equal(LABELS[drawn(sampler)], LABELS[drawn(sampler)].sort().values)


def test_balanced_rows_need_no_weights_of_classes() -> None:
    with pytest.raises(ValidationError, match="makes all classes equally large already"):
        TabularData(sampler="over", class_weights="balanced")
