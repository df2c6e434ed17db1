"""How many seeds each row of the matrix is run with, and the instants that a seed chooses."""

from __future__ import annotations

import os
from typing import Any

import pytest

VARIABLE = "TUNE_RUN_FAULT_SEEDS"
DEFAULT = 20


def seeds(quick: int = 0, most: int | None = None) -> list[Any]:
    """The seeds of a row: the first `quick` for every run of the tests, the others for the matrix.

    `most` bounds those of a row that is slow and hardly hangs on luck.
    """
    asked = int(os.environ.get(VARIABLE, str(DEFAULT)))
    count = max(quick, asked if most is None else min(asked, most))
    return [
        pytest.param(seed, marks=() if seed < quick else pytest.mark.faults)
        for seed in range(count)
    ]
