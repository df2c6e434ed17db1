"""What was measured of `fakes`, as parts of its page; the numbers lie beside this file."""

from __future__ import annotations

import csv
import statistics
from collections.abc import Iterator
from pathlib import Path

from trainables.docs import markdown

OVER_SEEDS = Path(__file__).with_name("fakes_over_seeds.csv")
