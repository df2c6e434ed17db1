"""What must hold for every space, and for every mistake that can be made in a file."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from search.checks.findings import Findings
from search.checks.machine import Machine
from search.errors import UserError
from search.files.space_section import read_parameters
from search.load import load
from search.proof import prove
from search.space.expressions import Constraint, ExpressionError
from search.space.space import Space
from search.text.documents import Document
from search.text.yaml_file import parse

LABELS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63) + 1, 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(min_codepoint=33, max_codepoint=0x2FFF), min_size=1, max_size=12),
)
NUMBERS = st.floats(1e-6, 1e6)
MACHINE = Machine(lambda: 2, lambda: 0)


@st.composite
def choice_forms(draw: st.DrawFn) -> dict[str, Any]:
    labels = draw(st.lists(LABELS, min_size=2, max_size=4, unique_by=lambda label: str(label)))
    # for Python 1 == 1.0 == True, and such options cannot be told apart
    assume(all(one != other for i, one in enumerate(labels) for other in labels[:i]))
    assume(not any(map(_is_odd, labels)))
    return {"choice": labels}


def _is_odd(label: Any) -> bool:
    return isinstance(label, str) and "${" in label


@st.composite
def float_forms(draw: st.DrawFn) -> dict[str, Any]:
    low, width = draw(NUMBERS), draw(NUMBERS)
    assume(low + width > low)
    scales: list[dict[str, Any]] = [{}, {"log": True}, {"step": width / 7}, {"log": False}]
    scale = draw(st.sampled_from(scales))
    return {"float": [low, low + width], **scale}


@st.composite
def int_forms(draw: st.DrawFn) -> dict[str, Any]:
    low, width = draw(st.integers(1, 999)), draw(st.integers(1, 999))
    step = draw(st.integers(1, width))
    scales: list[dict[str, Any]] = [{}, {"log": True}, {"step": step}]
    return {"int": [low, low + width], **draw(st.sampled_from(scales))}


@st.composite
def sections(draw: st.DrawFn) -> dict[str, Any]:
    """The `space:` of a valid file, with nested conditions."""
    section: dict[str, Any] = {}
    for number in range(draw(st.integers(1, 6))):
        form: dict[str, Any] = draw(st.one_of(choice_forms(), float_forms(), int_forms()))
        parents: list[str] = [name for name, other in section.items() if "choice" in other]
        is_child: bool = draw(st.booleans())
        if parents and is_child:
            parent: str = draw(st.sampled_from(parents))
            labels = section[parent]["choice"]
            form["when"] = {parent: draw(st.lists(st.sampled_from(labels), min_size=1, max_size=3))}
        section[f"s{number % 2}.p{number}"] = form
    return section


def space_of(section: dict[str, Any]) -> tuple[Space, Document]:
    text = yaml.safe_dump({"space": section}, sort_keys=False)
    document, problems = parse(Path("space.yaml"), text)
    findings = Findings(problems)
    space = Space(read_parameters(document, findings))
    findings.stop()
    return space, document


quick = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


@quick
@given(sections(), st.integers(0, 2**32))
def test_every_sample_lies_in_its_space(section: dict[str, Any], seed: int) -> None:
    space, _ = space_of(section)
    point = space.sample(Random(seed))
    assert space.problems(point) == []
    for name, form in section.items():
        holds = all(
            point.get(up, KeyError) in labels for up, labels in form.get("when", {}).items()
        )
        assert (name in point) is holds


@quick
@given(sections(), st.integers(0, 2**32))
def test_a_point_is_the_same_after_a_round_trip(section: dict[str, Any], seed: int) -> None:
    space, _ = space_of(section)
    point = space.sample(Random(seed))
    by_json = json.loads(json.dumps(point))
    by_yaml = parse(Path("p.yaml"), yaml.safe_dump(dict(point)))[0].data
    assert space.key(by_json) == space.key(by_yaml) == space.key(point)
    assert space.normal(by_json) == point


@quick
@given(sections())
def test_a_space_is_the_same_after_a_round_trip(section: dict[str, Any]) -> None:
    space, document = space_of(section)
    assert document.data == {"space": section}
    assert space_of(document.data["space"])[0] == space


COMPARISONS = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
SUMS = st.sampled_from(["a + b", "a - b", "a * b", "a / b", "a // b", "a % b", "min(a, b)", "-a"])


@quick
@given(SUMS, COMPARISONS, SUMS, st.integers(-50, 50), st.floats(-50, 50))
def test_constraints_compute_what_python_computes(
    left: str, sign: str, right: str, a: int, b: float
) -> None:
    text = f"{left} {sign} {right}"
    try:
        expected = bool(eval(text, {"min": min}, {"a": a, "b": b}))
    except ArithmeticError:
        expected = False
    assert Constraint(text).holds({"a": a, "b": b}) is expected


@quick
@given(st.text(st.sampled_from("ab.<>=+-*/%() 19'\"[],andor"), max_size=30))
def test_any_text_as_a_constraint_is_read_or_refused(text: str) -> None:
    try:
        Constraint(text).holds({"a": 2, "b": 0.5, "a.b": "x"})
    except ExpressionError as error:
        assert str(error)


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("ab:?-[]{},\"'\\|>&*!%@#~ \n\t01.e\r\u201c$"), max_size=60))
def test_any_text_as_yaml_is_read_or_refused(text: str) -> None:
    try:
        parse(Path("f.yaml"), text)
    except UserError as error:
        assert error.problems


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the toy in it."""
    folder = tmp_path_factory.mktemp("mutants")
    shutil.copy(Path(__file__).with_name("toy.py"), folder / "toy.py")
    return folder


SIGNS = st.sampled_from([*"abz019.-_:,[]{}()'\"#&*!|>%@`~?=$ \n\t", "\u201c", "null", "1e9", "- "])


@st.composite
def mutants(draw: st.DrawFn, text: str) -> str:
    """A text with up to three small changes, of lines or of characters."""
    for _ in range(draw(st.integers(1, 3))):
        change = draw(st.sampled_from([_cut, _double, _swap, _insert, _remove]))
        text = change(draw, text)
    return text


def _lines(draw: st.DrawFn, text: str) -> tuple[list[str], int]:
    lines = text.split("\n")
    return lines, draw(st.integers(0, len(lines) - 1))


def _cut(draw: st.DrawFn, text: str) -> str:
    lines, place = _lines(draw, text)
    return "\n".join(lines[:place] + lines[place + 1 :])


def _double(draw: st.DrawFn, text: str) -> str:
    lines, place = _lines(draw, text)
    return "\n".join(lines[: place + 1] + lines[place:])


def _swap(draw: st.DrawFn, text: str) -> str:
    lines, place = _lines(draw, text)
    _, other = _lines(draw, text)
    lines[place], lines[other] = lines[other], lines[place]
    return "\n".join(lines)


def _insert(draw: st.DrawFn, text: str) -> str:
    place = draw(st.integers(0, len(text)))
    sign: str = draw(SIGNS)
    return text[:place] + sign + text[place:]


def _remove(draw: st.DrawFn, text: str) -> str:
    start = draw(st.integers(0, len(text)))
    return text[:start] + text[start + draw(st.integers(1, 9)) :]


def survives(path: Path, overrides: Sequence[str] = ()) -> None:
    """Loading and proving end with a search or with the user's problems, and in nothing else."""
    try:
        prove(load(str(path), overrides, MACHINE))
    except UserError as error:
        assert error.problems
        assert all(str(problem).count("\n") == 0 for problem in error.problems)


FILES = """\
trainable: ./toy.py
base: base.yaml
search: {metric: val_auc, mode: max, sampler: {name: tpe}, scheduler: {name: asha}}
resources: {cpus: 1}
space:
  optimizer.name: {choice: [SGD, Adam]}
  optimizer.lr: {float: [1e-5, 1e-1], log: true}
  optimizer.momentum: {float: [0.5, 0.9], step: 0.1, when: {optimizer.name: SGD}}
  architecture.width: {int: [32, 512], log: true}
  architecture.layers: [[8], [8, 8]]
  loss: {choice: {bce: {name: bce}, focal: {name: focal, gamma: 1.0}}}
constraints:
  - architecture.width % architecture.heads == 0
try_first:
  - {optimizer.name: Adam, optimizer.lr: 1e-3}
"""
BASE = """\
optimizer: {name: SGD, lr: 0.1}
architecture:
  name: mlp
  heads: 1
trainer: {max_epochs: 9}
data: {path: shipped:toy}
"""


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_mutated_file_is_loaded_or_refused(folder: Path, data: st.DataObject) -> None:
    space, base = FILES, BASE
    if data.draw(st.booleans()):
        space = data.draw(mutants(FILES))
    else:
        base = data.draw(mutants(BASE))
    (folder / "space.yaml").write_text(space)
    (folder / "base.yaml").write_text(base)
    survives(folder / "space.yaml")


KEYS = st.sampled_from(
    [
        "search.trials",
        "search.sampler.name",
        "space.optimizer.lr",
        "optimizer.name",
        "loss",
        "base",
        "loss.name",
        "data.path",
        "architecture",
        "resources.cpus",
        "constraints",
        "try_first",
        "space",
        "search",
        "trainer.max_epochs",
        "x.y",
        "optimizer",
        "architecture.layers",
        "trainable",
    ]
)
VALUES = st.one_of(
    st.sampled_from(
        ["1", "-1", "0.5", "SGD", "null", "[1, 2]", "{name: bce}", "[[8]]", "true", ""]
    ),
    st.text(st.sampled_from("ab1.:[]{}'\",- "), max_size=8),
)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(KEYS, VALUES), min_size=1, max_size=3))
def test_any_override_is_taken_or_refused(folder: Path, given: list[tuple[str, str]]) -> None:
    (folder / "space.yaml").write_text(FILES)
    (folder / "base.yaml").write_text(BASE)
    survives(folder / "space.yaml", [f"{key}={value}" for key, value in given])
