from __future__ import annotations

from random import Random

import pytest

from search.space.conditions import needed, parents_first
from search.space.domains import Choice, Float, Int
from search.space.expressions import Constraint
from search.space.space import Parameter, Space

SPACE = Space(
    (
        Parameter("net", Choice.of(["mlp", "cnn"])),
        Parameter("depth", Int(1, 3), (("net", frozenset({"cnn"})),)),
        Parameter("kernel", Choice.of([3, 5]), (("depth", frozenset({2, 3})),)),
        Parameter("block", Choice((("a", {"x": 1}), ("b", {"x": 2})))),
    ),
    (Constraint("depth * kernel <= 12"),),
)


def test_a_child_of_an_inactive_parent_is_inactive() -> None:
    assert [p.name for p in SPACE.active({"net": "mlp", "block": "a"})] == ["net", "block"]


def test_an_int_can_be_a_parent() -> None:
    names = [p.name for p in SPACE.active({"net": "cnn", "depth": 2})]
    assert names == ["net", "depth", "kernel", "block"]


def test_the_grid_has_every_active_point_that_keeps_the_constraints() -> None:
    # by hand: mlp 1; cnn depth 1: 1, depth 2: two kernels, depth 3: kernel 3 only; each twice
    points = list(SPACE.grid())
    assert len(points) == 2 * (1 + 1 + 2 + 1) == SPACE.grid_size()
    assert len({SPACE.key(point) for point in points}) == len(points)
    assert not any(SPACE.problems(point) for point in points)


@pytest.mark.parametrize(
    ("point", "problem"),
    [
        ({"net": "mlp"}, "block: missing"),
        ({"net": "mlp", "block": "a", "depth": 1}, "depth: exists only when net is 'cnn'"),
        ({"net": "rnn", "block": "a"}, "net: 'rnn' is outside one of 'mlp', 'cnn'"),
        ({"net": "mlp", "block": "a", "dept": 1}, "dept: is not searched; did you mean 'depth'?"),
        (
            {"net": "cnn", "depth": 3, "kernel": 5, "block": "a"},
            "breaks the constraint 'depth * kernel <= 12'",
        ),
    ],
)
def test_a_point_outside_says_why(point: dict[str, str | int], problem: str) -> None:
    assert SPACE.problems(point) == [problem]


def test_the_key_of_a_point_does_not_depend_on_order_or_spelling() -> None:
    space = Space((Parameter("a", Float(0, 2)), Parameter("b", Int(0, 9))))
    assert space.key({"a": 1, "b": 2}) == space.key({"b": 2.0, "a": 1.0}) == '{"a":1.0,"b":2}'


def test_a_constraint_sees_values_and_the_label_of_a_block() -> None:
    layers = Parameter("layers", Choice.of([[8], [8, 8]]))
    space = Space((SPACE.parameters[3], layers))
    assert space.seen({"block": "a", "layers": "[8,8]"}) == {"block": "a", "layers": [8, 8]}


def test_blocks_are_the_choices_whose_label_is_not_the_value() -> None:
    assert SPACE.blocks() == {"block": {"a": {"x": 1}, "b": {"x": 2}}}


def test_samples_lie_in_the_space_unless_a_constraint_is_broken() -> None:
    random = Random(3)
    found = {tuple(SPACE.problems(SPACE.sample(random))) for _ in range(200)}
    # by hand: one point in twelve has depth 3 and kernel 5, so that both kinds are among 200
    assert found == {(), ("breaks the constraint 'depth * kernel <= 12'",)}


def test_parents_come_first_and_a_cycle_is_left_over() -> None:
    a = frozenset({1})
    whens = {"x": (("y", a),), "y": (), "p": (("q", a),), "q": (("p", a),)}
    assert parents_first(whens) == (["y", "x"], ["p", "q"])


def test_contradicting_conditions_never_hold_together() -> None:
    whens = {
        "c": (),
        "x": (("c", frozenset({1, 2})),),
        "y": (("c", frozenset({2, 3})),),
        "z": (("c", frozenset({3})),),
    }
    assert needed(whens, ["x", "y"]) == {"c": frozenset({2})}
    assert needed(whens, ["x", "z"]) is None
