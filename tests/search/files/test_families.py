from __future__ import annotations

from collections.abc import Callable

import pytest

from search.load import Search
from search.space.domains import Choice

Load = Callable[..., Search]
Refused = Callable[..., str]

HEAD = "trainable: ./toy.py\nbase: base.yaml\nsearch: {metric: val_auc, mode: max}\nspace:\n"


@pytest.mark.parametrize(
    ("form", "labels"),
    [
        ("{family: all}", ("SGD", "Adam")),
        ("{family: [adaptive, plain]}", ("Adam", "SGD")),
        ("{family: [adaptive, all]}", ("Adam", "SGD")),
    ],
)
def test_a_family_is_a_choice_of_its_names(
    load_toy: Load, form: str, labels: tuple[str, ...]
) -> None:
    search = load_toy(space=f"{HEAD}  optimizer.name: {form}\n")
    assert search.space.by_name["optimizer.name"].domain == Choice.of(labels)


def test_a_family_may_have_a_condition_and_be_one(load_toy: Load) -> None:
    search = load_toy(
        space=f"{HEAD}  optimizer.name: [SGD, Adam]\n"
        "  loss.name: {family: all, when: {optimizer.name: SGD}}\n"
        "  loss.gamma: {float: [1, 2], when: {loss.name: focal}}\n"
    )
    assert search.space.by_name["loss.name"].when == (("optimizer.name", frozenset({"SGD"})),)
    assert search.space.by_name["loss.gamma"].when == (("loss.name", frozenset({"focal"})),)


def test_the_command_line_fixes_a_family(load_toy: Load) -> None:
    space = f"{HEAD}  optimizer.name: {{family: all}}\n  optimizer.lr: {{float: [0.1, 1]}}\n"
    search = load_toy("optimizer.name=Adam", space=space)
    assert [parameter.name for parameter in search.space.parameters] == ["optimizer.lr"]


def test_without_a_trainable_its_families_are_no_further_fault(refused: Refused) -> None:
    space = HEAD.replace("toy.py", "toi.py") + "  optimizer.name: {family: all}\n"
    assert len(refused(space=space).splitlines()) == 1


def test_what_a_trainable_says_of_a_name_is_told_where_its_family_is_written(
    load_toy: Load,
) -> None:
    search = load_toy(space=f"{HEAD}  optimizer.name: {{family: all}}\n")
    key = search.sources.of_value("optimizer.name", "Adam")
    assert key == ("space", "optimizer.name", "family")
