from __future__ import annotations

from typing import Any

import pytest

from search.results.rounding import REORDERED, SAME, SHORT, Rounding, rounding_of


@pytest.mark.parametrize(
    ("trainer", "gpus", "rounding"),
    [
        (None, 0, SAME),
        ({}, 0, SAME),
        ({"precision": 64}, 0, SAME),
        ({"precision": "bf16-mixed"}, 0, SHORT),
        ({"precision": "bf16-true"}, 0, SHORT),
        ({"precision": "16-true"}, 0, SHORT),
        ({"float32_matmul_precision": "high"}, 0, SAME),
        ({}, 1, REORDERED),
        ({"precision": "32-true", "float32_matmul_precision": "highest"}, 0.5, REORDERED),
        ({"float32_matmul_precision": "high"}, 1, SHORT),
        ({"precision": "16-mixed"}, 1, SHORT),
    ],
)
def test_the_rounding_is_that_of_the_arithmetic(
    trainer: dict[str, Any] | None, gpus: float, rounding: Rounding
) -> None:
    config = {} if trainer is None else {"trainer": trainer}
    assert rounding_of(config, gpus) is rounding


def test_the_arithmetic_of_one_processor_allows_the_least() -> None:
    assert SAME.tolerance < REORDERED.tolerance < SHORT.tolerance


def test_a_unit_in_the_last_place_of_a_bfloat16_is_allowed_after_a_training_in_it() -> None:
    # bfloat16 has 8 significant bits: 1 and 1 - 2**-8 are neighbours
    assert SHORT.allows(1 - 2**-8, 1.0)
    assert not SAME.allows(1 - 2**-8, 1.0)


def test_a_value_that_is_not_finite_is_no_rounding() -> None:
    assert not SHORT.allows(float("nan"), 0.5)
