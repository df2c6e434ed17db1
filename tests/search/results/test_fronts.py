"""Fronts, knees and volumes: by hand, and as Optuna finds the trials that none dominates."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import optuna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.results.fronts import (
    Vector,
    dominates,
    front_numbers,
    hypervolume,
    in_order,
    knee,
    scaled,
    spread,
)


def vectors(size: int) -> st.SearchStrategy[list[Vector]]:
    """Few whole numbers, so that there are ties, equals and long chains."""
    return st.lists(st.tuples(*[st.integers(0, 5).map(float)] * size), min_size=1, max_size=12)


def undominated(losses: list[Vector]) -> set[int]:
    """Which vectors Optuna thinks are dominated by none."""
    study = optuna.create_study(directions=["minimize"] * len(losses[0]))
    for vector in losses:
        study.add_trial(optuna.trial.create_trial(values=list(vector)))
    return {trial.number for trial in study.best_trials}


@pytest.mark.parametrize(
    ("one", "other", "is_so"),
    [
        ((1.0, 2.0), (1.0, 3.0), True),
        ((1.0, 2.0), (2.0, 3.0), True),
        ((1.0, 2.0), (1.0, 2.0), False),
        ((1.0, 3.0), (2.0, 2.0), False),
        ((2.0, 2.0), (1.0, 1.0), False),
    ],
)
def test_one_dominates_that_is_nowhere_worse_and_somewhere_better(
    one: Vector, other: Vector, is_so: bool
) -> None:
    assert dominates(one, other) == is_so


def test_fronts_are_numbered_by_what_stands_before_them() -> None:
    # (1, 4), (2, 2), (4, 1) are dominated by none; (2, 5) and (3, 3) by these alone; (4, 4) by
    # (3, 3) too. Equals share their front.
    losses = [(3.0, 3.0), (1.0, 4.0), (4.0, 4.0), (2.0, 2.0), (2.0, 5.0), (4.0, 1.0), (2.0, 2.0)]
    assert front_numbers(losses) == [2, 1, 3, 1, 2, 1, 1]


@pytest.mark.parametrize("size", [2, 3])
def test_each_front_is_what_optuna_finds_without_those_before_it(size: int) -> None:
    optuna.logging.set_verbosity(optuna.logging.WARNING)

    @given(vectors(size))
    def peeled(losses: list[Vector]) -> None:
        numbers = front_numbers(losses)
        left = list(range(len(losses)))
        for number in range(1, max(numbers) + 1):
            best = undominated([losses[index] for index in left])
            front = {left[place] for place in best}
            assert {index for index in left if numbers[index] == number} == front
            left = [index for index in left if index not in front]
        assert left == []

    peeled()


def test_axes_are_scaled_from_best_to_worst() -> None:
    losses = [(2.0, 100.0, 7.0), (4.0, 300.0, 7.0), (3.0, 150.0, 7.0)]
    assert scaled(losses) == [(0.0, 0.0, 0.0), (1.0, 1.0, 0.0), (0.5, 0.25, 0.0)]


# On scaled axes the line between the extremes is x + y = 1. Below it lie (0.1, 0.6), by 0.3, and
# (0.4, 0.4), by 0.2, both over the square root of 2.
FRONT = [(0.0, 1.0), (0.1, 0.6), (0.4, 0.4), (1.0, 0.0)]


@pytest.mark.parametrize(
    ("losses", "index"),
    [
        (FRONT, 1),
        # other units change nothing
        ([(100 * x - 7, y / 50 + 3) for x, y in FRONT], 1),
        # two extremes: neither lies off the line, and the better in the first one is taken
        ([(1.0, 0.0), (0.0, 1.0)], 1),
        # a front that bulges away from the best: every other point lies beyond the line
        ([(1.0, 0.0), (0.8, 0.7), (0.0, 1.0)], 2),
        ([(3.0, 3.0)], 0),
        # of three objectives the plane x + y + z = 1: 0.7 lies below it, 0.9 too, but less
        ([(1, 0, 0), (0, 1, 0), (0, 0, 1), (0.3, 0.3, 0.3), (0.2, 0.4, 0.1)], 4),
    ],
)
def test_the_knee_lies_farthest_below_the_line_of_the_extremes(
    losses: list[Vector], index: int
) -> None:
    assert knee(losses) == index


@given(vectors(2))
def test_the_knee_has_the_largest_distance_from_the_line(losses: list[Vector]) -> None:
    front = [v for v, number in zip(losses, front_numbers(losses), strict=True) if number == 1]
    places = np.array(scaled(front))
    extremes = places[places[:, 0].argmin()], places[places[:, 1].argmin()]
    along = extremes[1] - extremes[0]
    # A cross product with the way from one extreme to the other is its length times the distance,
    # here towards the best of both.
    way = places - extremes[0]
    distances = along[1] * way[:, 0] - along[0] * way[:, 1]
    assert distances[knee(front)] == pytest.approx(distances.max())


def test_a_spread_takes_the_farthest_point_each_time() -> None:
    # On scaled axes, from 0: 10 is the farthest; then 5 lies 5 from both, 4 only 4; then 2 and 4
    # lie 2 and 1 from the nearest, 9 lies 1.
    losses = [(0.0, 0.0), (2.0, 0.0), (4.0, 0.0), (5.0, 0.0), (9.0, 0.0), (10.0, 0.0)]
    assert spread(losses, 0) == [0, 5, 3, 1, 2, 4]


def test_vectors_come_front_by_front_each_from_its_knee_on() -> None:
    # The first front has its knee at index 1; of the others (0, 1) and (1, 0) lie 0.41 and 1.08
    # from it; then (0.4, 0.4) is left. (0.5, 1) is dominated by (0.4, 0.4), and so comes last.
    losses = [*FRONT, (0.5, 1.0)]
    assert in_order(losses) == [(1, 1), (1, 3), (1, 0), (1, 2), (2, 4)]


def test_nothing_is_in_order_already() -> None:
    assert in_order([]) == []


def test_the_volume_of_a_staircase() -> None:
    # (1, 3), (2, 2), (3, 1) below (4, 4): slabs of width 1 and heights 1, 2, 3
    stairs = [(2.0, 2.0), (1.0, 3.0), (3.0, 1.0), (3.0, 3.0), (2.0, 2.0)]
    assert hypervolume(stairs, (4.0, 4.0)) == 1 + 2 + 3


@pytest.mark.parametrize("losses", [[], [(4.0, 1.0)], [(1.0, 9.0)]])
def test_what_does_not_dominate_the_reference_has_no_volume(losses: list[Vector]) -> None:
    assert hypervolume(losses, (4.0, 4.0)) == 0.0


@pytest.mark.parametrize("size", [1, 2, 3])
def test_the_volume_is_that_of_a_union_of_boxes(size: int) -> None:
    # inclusion and exclusion: the boxes of a set of points meet in the box of their worst values
    generator = np.random.default_rng(size)
    losses = [tuple(row) for row in generator.random((7, size)).tolist()]
    union = 0.0
    for count in range(1, len(losses) + 1):
        for some in combinations(losses, count):
            worst = [max(column) for column in zip(*some, strict=True)]
            union -= (-1) ** count * math.prod(1.1 - value for value in worst)
    assert hypervolume(losses, (1.1,) * size) == pytest.approx(union)
