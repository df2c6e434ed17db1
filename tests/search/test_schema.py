from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from search.files.shipped import spaces_dir
from search.schema import main, space_file_schema
from search.text.yaml_file import parse, read

Write = Callable[..., Path]


@pytest.fixture
def validator() -> Draft202012Validator:
    schema = space_file_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_the_schema_accepts_a_whole_space_file(
    validator: Draft202012Validator, write: Write
) -> None:
    assert list(validator.iter_errors(read(write()).data)) == []


HEAD = "{trainable: toy, search: {metric: a, mode: max%s}, space: {%s}%s}"


@pytest.mark.parametrize(
    ("search", "space", "more"),
    [
        ("", "a.b: [1, 2]", ""),
        ("", "a.b: {choice: {x: {y: 1}, z: 5}, when: {c: [1, 2]}}", ""),
        ("", "a.name: {family: adaptive, when: {c: 1}}, b.name: {family: [x, y]}", ""),
        (", trial_timeout: 2h, report_timeout: 15 min, retries: 0", "a.b: [1, 2]", ""),
        (", sampler: {name: grid}", "a: {int: [1, 9], step: 2}", ", base: {a: {b: 1}}"),
        (", scheduler: {name: pbt, mutate: [a]}", "a: {float: [0, 1], log: false}", ""),
    ],
)
def test_the_schema_accepts(
    validator: Draft202012Validator, search: str, space: str, more: str
) -> None:
    data = parse(Path("x"), HEAD % (search, space, more))[0].data
    assert list(validator.iter_errors(data)) == []


@pytest.mark.parametrize(
    ("search", "space", "more"),
    [
        ("", "a: [1, 2]", ", metrcs: 1"),
        (", trails: 3", "a: [1, 2]", ""),
        (", trials: 0", "a: [1, 2]", ""),
        (", time_budget: 90", "a: [1, 2]", ""),
        (", trial_timeout: 3 parsecs", "a: [1, 2]", ""),
        (", sampler: {name: tpee}", "a: [1, 2]", ""),
        (", sampler: {name: grid, startup_trials: 1}", "a: [1, 2]", ""),
        ("", "", ""),
        ("", "a: [1]", ""),
        ("", "a: 1", ""),
        ("", "a/b: [1, 2]", ""),
        ("", "a: {float: [0, 1], lgo: true}", ""),
        ("", "a: {float: [0, one]}", ""),
        ("", "a: {float: [0, 1], when: {}}", ""),
        ("", "a: {int: [0, 9], step: 0}", ""),
        ("", "a: {choice: [1]}", ""),
        ("", "a.name: {family: []}", ""),
        ("", "a.name: {family: x, choice: [1, 2]}", ""),
    ],
)
def test_the_schema_refuses(
    validator: Draft202012Validator, search: str, space: str, more: str
) -> None:
    data = parse(Path("x"), HEAD % (search, space, more))[0].data
    assert list(validator.iter_errors(data)) != []


def test_every_key_of_the_search_is_described() -> None:
    schema = space_file_schema()
    keys = {**schema["properties"], **schema["$defs"]["SearchSpec"]["properties"]}
    # a key that says the same as the section behind it carries no words of its own
    own = {key for key, value in keys.items() if value.get("description")}
    assert own | {"search", "resources"} == set(keys)


def test_the_shipped_schema_is_the_one_that_is_generated(tmp_path: Path) -> None:
    main([str(tmp_path / "schema.json")])
    shipped: Any = json.loads((spaces_dir() / "schema.json").read_text())
    assert shipped == json.loads((tmp_path / "schema.json").read_text())


@pytest.mark.parametrize("path", sorted(spaces_dir().glob("*.yaml")), ids=lambda path: path.stem)
def test_the_schema_accepts_every_shipped_space(
    validator: Draft202012Validator, path: Path
) -> None:
    assert list(validator.iter_errors(read(path).data)) == []
