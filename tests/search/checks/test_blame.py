from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from search.errors import UserError
from search.load import load

Write = Callable[..., Path]

SPACE = """\
trainable: signal
base: base.yaml
search: {metric: val_auc, mode: max}
space:
  optimizer.lr: {float: [1e-4, 1e-1], log: true}
  %s
"""
PLATEAU = "scheduler.factor: {float: [0.1, 0.9]}\n  scheduler.patience: {int: [1, 9]}"


@pytest.mark.parametrize("section", ["", "scheduler: null\n", "scheduler: none\n"])
def test_an_argument_without_its_component_is_blamed_on_the_space(
    write: Write, section: str
) -> None:
    path = write(SPACE % PLATEAU, f"optimizer: {{name: SGD}}\n{section}")
    with pytest.raises(UserError) as error:
        load(str(path))
    assert str(error.value) == (
        "space.yaml:6:3: space.scheduler.factor: the base config has no scheduler to put it into; "
        "write scheduler: {name: ...} there, or search scheduler.name too"
    )


def test_any_section_that_needs_a_key_is_asked_for(write: Write) -> None:
    path = write(SPACE % "early_stopping.patience: {int: [1, 9]}", "optimizer: {name: SGD}\n")
    with pytest.raises(UserError) as error:
        load(str(path))
    assert str(error.value) == (
        "space.yaml:6:3: space.early_stopping.patience: the base config has no early_stopping to "
        "put it into; write early_stopping: {monitor: ...} there, or search early_stopping.monitor "
        "too"
    )


def test_a_component_without_its_name_is_blamed_on_the_base(write: Write) -> None:
    path = write(SPACE % PLATEAU, "scheduler: {factor: 0.2}\n")
    with pytest.raises(UserError) as error:
        load(str(path))
    assert str(error.value).startswith("base.yaml:1:1: scheduler.name: missing key 'name'")


@pytest.mark.parametrize(
    ("line", "base"),
    [
        (PLATEAU, "scheduler: {name: ReduceLROnPlateau}\n"),
        (
            "scheduler.name: [none, ReduceLROnPlateau]\n"
            "  scheduler.factor: {float: [0.1, 0.9], when: {scheduler.name: ReduceLROnPlateau}}",
            "optimizer: {name: SGD}\n",
        ),
    ],
)
def test_both_ways_that_the_message_offers_are_accepted(write: Write, line: str, base: str) -> None:
    assert len(load(str(write(SPACE % line, base))).space.parameters) == 3
