"""How far a metric may lie off when it is computed once more, by the arithmetic of the training."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Rounding:
    """A tolerance, relative to the larger of two values, or absolute where both are small."""

    trained: str
    """Where and how it was trained, in words."""
    tolerance: float

    def allows(self, value: float, reported: float) -> bool:
        """Whether two values are the same but for rounding."""
        return math.isclose(value, reported, rel_tol=self.tolerance, abs_tol=self.tolerance)


SAME = Rounding("on a CPU", 1e-4)
"""The same sums in the same order, but perhaps by another number of threads."""

REORDERED = Rounding("on a GPU", 1e-3)
"""Sums in another order: about 1e-6 in a score, and a metric that ranks rows may swap a pair."""

SHORT = Rounding("with factors of 8 to 11 bits", 5e-2)
"""Scores move by up to 2**-8 = 4e-3 of themselves, and other kernels round them otherwise.

A mean over the rows hardly shows that; a metric that counts the few rows above a cut moves by whole
rows: 4 % of a background rejection of 27 over 1300 rows, 2e-5 of the AUC (a network of `signal`,
evaluated in single precision and in bfloat16).
"""

SHORT_PRECISIONS = ("16-mixed", "bf16-mixed", "16-true", "bf16-true")
FULL_PRODUCTS = "highest"
"""The only `float32_matmul_precision` under which a GPU multiplies all bits of its factors."""


def rounding_of(config: Mapping[str, Any], gpus: float) -> Rounding:
    """What to expect of a trial that was trained with this config on so many GPUs."""
    trainer = config.get("trainer") or {}
    if trainer.get("precision") in SHORT_PRECISIONS:
        return SHORT
    if not gpus:
        return SAME
    products = trainer.get("float32_matmul_precision", FULL_PRODUCTS)
    return REORDERED if products == FULL_PRODUCTS else SHORT
