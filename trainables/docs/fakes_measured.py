"""What was measured of `fakes`, as parts of its page; the numbers lie beside this file."""

from __future__ import annotations

from pathlib import Path

OVER_SEEDS = Path(__file__).with_name("fakes_over_seeds.csv")
