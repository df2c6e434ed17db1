from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from search.checks.overridden import base_problem
from search.errors import COMMAND_LINE, UserError
from search.files.config_file import load_config
from search.load import Search, load
from search.proof import prove
from search.text.documents import Document
from search.text.yaml_file import parse

Write = Callable[..., Path]
Load = Callable[..., Search]
Refused = Callable[..., str]


@pytest.fixture
def base() -> Document:
    """A base of two sections, in which the command line has changed one key."""
    text = "data: {path: a.csv, label: y}\ntrainer: {max_epochs: 9}\n"
    document, _ = parse(Path("base.yaml"), text)
    return document.put(("data", "path"), "b.csv", COMMAND_LINE)


def test_a_value_of_the_command_line_is_told_there(base: Document) -> None:
    said = base_problem(base, ("data", "path"), "no such file")
    assert str(said) == "command line: data.path: no such file"


def test_a_section_in_which_the_command_line_changed_a_key_is_told_there(base: Document) -> None:
    said = base_problem(base, ("data",), "cannot be opened")
    assert str(said) == "command line: data.path=b.csv: cannot be opened"


def test_a_secret_of_the_command_line_is_not_repeated(base: Document) -> None:
    base = base.put(("data", "password"), "hunter2", COMMAND_LINE)
    said = str(base_problem(base, ("data",), "cannot be opened"))
    assert said == "command line: data.path=b.csv data.password=***: cannot be opened"


def test_a_key_beside_a_change_keeps_its_place_and_names_the_change(base: Document) -> None:
    said = base_problem(base, ("data", "label"), "no such column")
    assert str(said) == (
        "base.yaml:1:21: data.label: no such column; the command line says data.path=b.csv"
    )


def test_a_key_of_another_section_is_told_as_it_is(base: Document) -> None:
    said = base_problem(base, ("trainer", "max_epochs"), "too few")
    assert str(said) == "base.yaml:2:11: trainer.max_epochs: too few"


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("data.path goes with nothing", "command line: data.path=b.csv: "),
        ("trainer.max_epochs goes with nothing", "base.yaml:1:1: "),
    ],
)
def test_a_whole_config_is_refused_for_the_change_that_the_message_names(
    base: Document, message: str, expected: str
) -> None:
    assert str(base_problem(base, (), message)) == f"{expected}{message}"


def test_data_that_the_command_line_names_is_told_there(load_toy: Load) -> None:
    search = load_toy("data.path=/nope.csv", base="data: {path: shipped:toy}\n")
    with pytest.raises(UserError) as error:
        prove(search)
    assert str(error.value) == "command line: data.path: no such file /nope.csv"


def test_a_search_whose_width_was_overridden_names_that(refused: Refused) -> None:
    base = "architecture: {name: attention, width: 64, heads: 4}\n"
    text = (
        "trainable: ./toy.py\nbase: base.yaml\nsearch: {metric: val_auc, mode: max}\n"
        "space:\n  optimizer.lr: {float: [0.1, 1]}\n"
    )
    assert refused("architecture.width=65", space=text, base=base) == (
        "base.yaml:1:44: architecture.heads: must divide architecture.width; "
        "the command line says architecture.width=65"
    )


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("loss.gamma=-1", "loss.gamma: must be at least 0.0, found -1"),
        ("architecture.width=0", "architecture.width: must be at least 1, found 0"),
    ],
)
def test_a_parameter_that_the_command_line_fixes_is_told_there(
    refused: Refused, override: str, expected: str
) -> None:
    assert refused(override) == f"command line: {expected}"


def test_a_fixed_value_that_no_component_takes_is_said_once(load_toy: Load) -> None:
    with pytest.raises(UserError) as error:
        prove(load_toy("optimizer.lr=-1"))
    assert str(error.value) == "command line: optimizer.lr: must be positive"


def test_a_first_point_with_another_value_of_a_fixed_parameter_is_left_out(write: Write) -> None:
    text = write().read_text().replace("Adam, optimizer.lr: 1e-3", "SGD, optimizer.momentum: 0.6")
    search = load(str(write(text)), ["optimizer.momentum=0.95"])
    assert search.space.try_first == ()
    assert "try_first[0] is left out: optimizer.momentum is changed on the command line" in (
        search.notes
    )


def test_a_training_whose_section_was_overridden_says_so(write: Write) -> None:
    write()
    Path("c.yaml").write_text("trainable: signal\ncheckpointing: {save_top_k: 1}\n")
    with pytest.raises(UserError) as error:
        load_config("c.yaml", ["checkpointing.continue_training=true"])
    assert str(error.value) == (
        "command line: checkpointing.continue_training=true: continue_training needs "
        "load_checkpoint, the file to continue from"
    )
