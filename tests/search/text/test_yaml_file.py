from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from search.errors import Place, UserError
from search.text.yaml_file import parse, read

FILE = Path("f.yaml")

# YAML 1.2.2, section 10.3.2 (core schema), and its examples 10.8 and 10.9
CORE = [
    ("1e-3", 0.001),
    ("1E5", 100000.0),
    ("-1e-4", -0.0001),
    ("1.5e3", 1500.0),
    ("010", 10),
    ("08", 8),
    ("0o10", 8),
    ("0x1F", 31),
    ("+12", 12),
    (".5", 0.5),
    ("true", True),
    ("FALSE", False),
    ("null", None),
    ("~", None),
    ("", None),
    ("yes", "yes"),
    ("no", "no"),
    ("on", "on"),
    ("off", "off"),
    ("1_000", "1_000"),
    ("12:30", "12:30"),
    ("2026-01-01", "2026-01-01"),
    ("0b1", "0b1"),
    ("-.inf", float("-inf")),
    ("'1e-3'", "1e-3"),
    ('"true"', "true"),
]


@pytest.mark.parametrize(("word", "value"), CORE)
def test_words_are_read_as_in_yaml_1_2(word: str, value: Any) -> None:
    data = parse(FILE, f"a: {word}\n")[0].data["a"]
    assert data == value
    assert type(data) is type(value)


SYNTAX = [
    (
        "a: 1\n  b: 2\n",
        "2:4: this key does not fit the lines above: check the indentation, and "
        "that the line above is 'key: value' or 'key:'",
    ),
    ("a: b: c\n", "1:5: a second ':' in one value; put the text in quotes, or start a new line"),
    ("a:\t1\n", "1:3: a tab stands between two words; use spaces"),
    ("a: @x\n", "1:4: a text cannot start with @; put it in quotes"),
    ("a: [1, 2]]\n", "1:10: ']' closes a bracket that was never opened"),
    ("a: }\n", "1:4: expected a value, found '}'"),
    ("a: [x: 2: 3]\n", "1:9: expected ',' or ']' here, found ':'"),
    ("- a\nb\n", "2:1: this line is neither 'key: value' nor a list item; is a ':' missing above?"),
    (
        "- 1\nb: 2\n",
        "2:1: this line does not fit the lines above: check the indentation and the '-' signs",
    ),
    ('a: "\\q"\n', "1:6: \\q means nothing in double quotes; use single quotes, or \\\\"),
    ("a: !x!y 1\n", "1:4: YAML tags are not allowed"),
    (
        "%YAML 2.0\n---\na: 1\n",
        "1:1: this is not valid YAML: found incompatible YAML document (version 1.* is required)",
    ),
    (
        "a: *x\n",
        "1:4: a: *x refers to an anchor &x that is not above it; put text that starts "
        "with * in quotes",
    ),
    ("<<: {a: 1}\n", "1:1: merge keys (<<) are not supported; write the keys out"),
    ("a: 1e999\n", "1:4: a: the number 1e999 is too large"),
    ("a: 9223372036854775808\n", "1:4: a: the whole number 9223372036854775808 is too large"),
    ('a: "\\0"\n', "1:4: a: the text contains a character that cannot be stored"),
    ('a: "\\ud800"\n', "1:4: a: the text contains a character that cannot be stored"),
]


@pytest.mark.parametrize(("text", "expected"), SYNTAX)
def test_mistakes_are_said_in_words(text: str, expected: str) -> None:
    try:
        problems = parse(FILE, text)[1]
    except UserError as error:
        problems = list(error.problems)
    assert [str(problem) for problem in problems] == [f"f.yaml:{expected}"]


def test_an_escape_of_no_character_is_refused() -> None:
    with pytest.raises(UserError, match="an escaped character does not exist"):
        parse(FILE, 'a: "\\Uffffffff"\n')


def test_every_key_and_item_has_its_place() -> None:
    document = parse(FILE, "a:\n  b: [1, {c: 2}]\n")[0]
    assert document.place(("a",)) == Place("f.yaml", 1, 1)
    assert document.place(("a", "b")) == Place("f.yaml", 2, 3)
    assert document.place(("a", "b", 1)) == Place("f.yaml", 2, 10)
    assert document.place(("a", "b", 1, "c")) == Place("f.yaml", 2, 11)


def test_an_absent_key_has_the_place_of_what_is_around_it() -> None:
    document = parse(FILE, "a:\n  b: 1\n")[0]
    assert document.place(("a", "x", "y")) == Place("f.yaml", 1, 1)


def test_an_anchor_gives_equal_data_that_is_not_shared() -> None:
    data = parse(FILE, "a: &x [1]\nb: *x\n")[0].data
    assert data == {"a": [1], "b": [1]}
    assert data["a"] is not data["b"]


def test_an_anchor_cannot_pass_the_bound_of_depth() -> None:
    inner = "[" * 20 + "]" * 20
    with pytest.raises(UserError, match="nested deeper than 32 levels"):
        parse(FILE, f"a: &x {inner}\nb: {'[' * 20}*x{']' * 20}\n")


def test_several_problems_are_found_at_once() -> None:
    problems = parse(FILE, "a: 1\na: 2\nb: !x 3\n1: 4\n")[1]
    assert [problem.place.line for problem in problems] == [2, 3, 4]


def test_read_refuses_a_file_with_any_problem(tmp_path: Path) -> None:
    path = tmp_path / "f.yaml"
    path.write_text("a: 1\na: 2\n")
    with pytest.raises(UserError, match="'a' is defined twice: line 1 and line 2"):
        read(path)


def test_read_refuses_what_is_no_file() -> None:
    with pytest.raises(UserError, match="is not a regular file"):
        read(Path("/dev/null"))


def test_put_replaces_a_value_and_its_place() -> None:
    document = parse(FILE, "a: {b: {c: 1}}\n")[0].put(("a", "b"), 5, Place("here"))
    assert document.data == {"a": {"b": 5}}
    assert document.place(("a", "b", "c")) == Place("here")
