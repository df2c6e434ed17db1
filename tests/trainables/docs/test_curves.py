from __future__ import annotations

from pathlib import Path

import pytest

from trainables.components import schedulers
from trainables.docs.curves import EXAMPLES, curves, draw

OWN = {"CyclicLR", "OneCycleLR", "cosine", "cosine_annealing_with_warmup", "linear", "rex"}
"""Those that take a `max_lr` and write it without a look at the optimizer's rate."""


def test_every_scheduler_has_a_curve_under_one_of_its_names() -> None:
    drawn = {curve.name for curve in curves()}
    twins = {entry.row.name: entry.row.same_as for entry in schedulers.table()}
    missing = set(schedulers.names()) - drawn - {"none"}
    assert missing
    assert {twins[name] for name in missing} <= drawn
    assert set(EXAMPLES) <= drawn


def test_no_curve_is_a_straight_level_line() -> None:
    assert all(len(set(curve.rates)) > 1 for curve in curves())


def test_the_rates_that_follow_the_optimizer_are_told_from_the_others() -> None:
    assert {curve.name for curve in curves() if not curve.follows} == OWN


def test_a_curve_by_hand() -> None:
    # StepLR halves the rate after each 5 of 20 epochs of 10 steps.
    rates = {curve.name: curve.rates for curve in curves()}["StepLR"]
    assert rates == pytest.approx([0.5 ** (step // 50) for step in range(200)])


def test_the_picture_names_every_curve_and_is_the_same_each_time(tmp_path: Path) -> None:
    draw(tmp_path / "a.svg")
    draw(tmp_path / "b.svg")
    drawn = (tmp_path / "a.svg").read_text()
    assert all(f">{curve.name}</text>" in drawn for curve in curves())
    assert (tmp_path / "b.svg").read_text() == drawn
