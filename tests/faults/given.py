"""What the fixtures of the matrix give to its tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.faults.evidence import Evidence, Row
from tests.faults.search_process import SearchProcess

Begin = Callable[..., SearchProcess]
"""Makes a search of a setup, to be started."""

Judge = Callable[[Evidence], None]
"""Counts what a search went through, and fails with every invariant that does not hold."""

Reference = Callable[[int], Sequence[Row]]
"""By seed, the final table of the deterministic search when nothing disturbs it."""
