"""Vectors that are traded off: which dominates which, in what order, over how large a volume.

Everything here is a loss: smaller is better in each component.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

Vector = tuple[float, ...]


def dominates(one: Vector, other: Vector) -> bool:
    """Whether a vector is nowhere worse than another and somewhere better."""
    return one != other and matches(one, other)


def matches(one: Vector, other: Vector) -> bool:
    """Whether a vector is nowhere worse than another."""
    return all(a <= b for a, b in zip(one, other, strict=True))


def front_numbers(losses: Sequence[Vector]) -> list[int]:
    """For each vector the front that it lies on: 1 where none dominates it, and so on.

    A vector is on front k + 1 if no vector dominates it once fronts 1 to k are taken away. Sorted
    vectors are dominated by earlier ones alone, so that each goes to the first front which holds
    none that dominates it.

    Source: efficient non-dominated sort, Zhang et al., IEEE Trans. Evol. Comput. 19 (2015) 201.
    """
    fronts: list[list[Vector]] = []
    numbers = [0] * len(losses)
    for index in sorted(range(len(losses)), key=losses.__getitem__):
        number = _first_open(fronts, losses[index])
        if number == len(fronts):
            fronts.append([])
        fronts[number].append(losses[index])
        numbers[index] = number + 1
    return numbers


def _first_open(fronts: Sequence[Sequence[Vector]], vector: Vector) -> int:
    """The first front without a member that dominates a vector; those before it all hold one."""
    low, high = 0, len(fronts)
    while low < high:
        middle = (low + high) // 2
        if any(dominates(member, vector) for member in reversed(fronts[middle])):
            low = middle + 1
        else:
            high = middle
    return low


def scaled(losses: Sequence[Vector]) -> list[Vector]:
    """Each component from 0 for its best value here to 1 for its worst; 0 where all are equal."""
    spans = [(min(column), max(column)) for column in zip(*losses, strict=True)]
    return [scaled_by(spans, vector) for vector in losses]


def scaled_by(spans: Sequence[tuple[float, float]], vector: Vector) -> Vector:
    """A vector on the axes of others: 0 at the low end of a span, 1 at its high end."""
    return tuple(
        (value - low) / (high - low) if high > low else 0.0
        for value, (low, high) in zip(vector, spans, strict=True)
    )


def spread(losses: Sequence[Vector], first: int) -> list[int]:
    """An order in which each next vector lies farthest from all before it, on scaled axes.

    However many are taken from its head, they lie all along the front. Equal distances keep the
    order of the vectors.

    Source: the epsilon net of Clarkson, Nearest-Neighbor Searching and Metric Space Dimensions
    (2006), with which multi-objective ASHA orders a front (Schmucker et al., arXiv:2106.12639).
    """
    places = scaled(losses)
    order = [first]
    left = [index for index in range(len(losses)) if index != first]
    nearest = {index: math.dist(places[index], places[first]) for index in left}
    while left:
        farthest = max(left, key=nearest.__getitem__)
        left.remove(farthest)
        order.append(farthest)
        for index in left:
            nearest[index] = min(nearest[index], math.dist(places[index], places[farthest]))
    return order


def knee(losses: Sequence[Vector]) -> int:
    """The vector of a front that gives up least: the largest distance from the extremes' line.

    On axes that are scaled by the front, the extremes of two components are (0, 1) and (1, 0), and
    the distance of a vector from the line between them is (1 - its sum) / sqrt(2), counted towards
    the best of both. With three, the plane takes the place of the line. Of equals it is the one
    that is best in the first component.

    Source: Das, On characterizing the "knee" of the Pareto curve, Struct. Optim. 18 (1999) 107.
    """
    sums = [math.fsum(place) for place in scaled(losses)]
    return min(range(len(losses)), key=lambda index: (sums[index], losses[index]))


def in_order(losses: Sequence[Vector]) -> list[tuple[int, int]]:
    """The number of its front and the index of each vector: front by front, from its knee on.

    Within a front each next one is the farthest from those before it (`spread`).
    """
    numbers = front_numbers(losses)
    order: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        members = [index for index, own in enumerate(numbers) if own == number]
        vectors = [losses[index] for index in members]
        order += [(number, members[place]) for place in spread(vectors, knee(vectors))]
    return order


def hypervolume(losses: Sequence[Vector], reference: Vector) -> float:
    """The volume that is dominated by vectors and that dominates the reference point.

    Cut into slabs along the last component; in each of them, those that have come that far dominate
    the same volume of one dimension less.

    Source: Zitzler and Thiele, IEEE Trans. Evol. Comput. 3 (1999) 257.
    """
    inside = sorted(
        (v for v in set(losses) if all(a < b for a, b in zip(v, reference, strict=True))),
        key=lambda vector: vector[-1],
    )
    if not inside:
        return 0.0
    if len(reference) == 1:
        return reference[0] - inside[0][0]
    ends = [vector[-1] for vector in inside[1:]] + [reference[-1]]
    return math.fsum(
        hypervolume([v[:-1] for v in inside[: count + 1]], reference[:-1]) * (end - vector[-1])
        for count, (vector, end) in enumerate(zip(inside, ends, strict=True))
        if end > vector[-1]
    )
