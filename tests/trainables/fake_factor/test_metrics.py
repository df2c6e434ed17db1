from __future__ import annotations

import math

import pytest

from trainables.fake_factor.data_config import FakesData
from trainables.fake_factor.metrics import METRICS, summarised, unreported


@pytest.mark.parametrize(
    ("name", "way", "expected"),
    [
        ("closure", "median", 2.0),
        ("closure", "worst", 7.0),
        ("ess", "median", 2.0),
        ("ess", "worst", 1.0),
    ],
)
def test_several_chains_become_one_number(name: str, way: str, expected: float) -> None:
    assert summarised(name, [7.0, 1.0, 2.0], way) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("way", ["median", "worst"])
def test_one_chain_that_diverged_is_not_hidden(way: str) -> None:
    assert math.isnan(summarised("closure", [math.nan, 1.0, 2.0], way))  # type: ignore[arg-type]


def test_a_toy_reports_everything() -> None:
    assert unreported(FakesData()) == {}


@pytest.mark.parametrize(
    ("section", "names"),
    [
        ({"met": None}, {"val_closure_met", "val_yield_ratio_met"}),
        ({}, {"val_ff_error", "val_ff_error_95", "val_ff_logmae"}),
        (
            {"is_data": None, "true_ff": "f"},
            {
                *("val_subtraction_tight", "val_subtraction_loose"),
                *("train_loss_tight", "train_loss_loose"),
            },
        ),
    ],
)
def test_what_a_table_does_not_allow_is_left_out(section: object, names: set[str]) -> None:
    given = {"path": "own.csv", "true_ff": "f", **section} if section else {"path": "own.csv"}  # type: ignore[dict-item]
    assert set(unreported(FakesData.model_validate(given))) == names
    assert names <= set(METRICS)
