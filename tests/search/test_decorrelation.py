"""What is said of searches of `disco`, whose key `lambda` no Python name can be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from search.errors import UserError
from search.load import load
from search.proof import prove

Said = Callable[..., list[str]]

SPACE = """\
trainable: signal
base: base.yaml
search: {{metric: {metric}, mode: {mode}}}
space:
  {parameter}
"""
BASE = """\
data: {path: generated:resonance, max_rows: 2000}
disco: {variables: [mass], lambda: 1.0}
sculpting: {variable: mass}
"""
LAMBDA = "disco.lambda: {float: [1e-2, 30], log: true}"


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Said:
    """The problems of a space, line by line; none if there are none."""
    monkeypatch.chdir(tmp_path)

    def write(
        parameter: str = LAMBDA,
        base: str = BASE,
        metric: str = "val_auc",
        mode: str = "max",
        proved: bool = False,
    ) -> list[str]:
        Path("base.yaml").write_text(base)
        Path("space.yaml").write_text(SPACE.format(parameter=parameter, metric=metric, mode=mode))
        try:
            search = load("space.yaml")
            if proved:
                prove(search)
        except UserError as error:
            return str(error).split("\n")
        return []

    return write


def test_lambda_is_a_key_like_any_other(said: Said) -> None:
    assert said() == []
    search = load("space.yaml")
    assert search.resolved({"disco.lambda": 2.0})["disco"] == {"variables": ["mass"], "lambda": 2.0}


def test_a_mistyped_lambda_is_suggested(said: Said) -> None:
    allowed = "classes, form, lambda, multiclass, of, power, variables, weighted"
    for name in ("lamda", "lambda_"):
        found = said(f"disco.{name}: {{float: [1, 2]}}")
        assert len(found) == 1
        assert f"unknown key '{name}'; allowed: {allowed}; did you mean 'lambda'?" in found[0]


def test_a_missing_lambda_is_told_with_what_it_is(said: Said) -> None:
    found = said("disco.power: [0.5, 1.0]", BASE.replace(", lambda: 1.0", ""))
    assert found == [
        "base.yaml:2:1: disco.lambda: missing key 'lambda' (how much it counts beside the "
        "classification loss; at 0 nothing here has an effect)"
    ]


@pytest.mark.parametrize(
    ("metric", "mode", "place"),
    [
        ("val_jsd", "min", "space.yaml:3:10: search.metric"),
        ("[val_auc, val_jsd]", "[max, min]", "space.yaml:3:28: search.metric[1]"),
    ],
)
def test_sculpting_without_a_variable_cannot_be_searched_by(
    metric: str, mode: str, place: str, said: Said
) -> None:
    base = BASE.replace("sculpting: {variable: mass}\n", "")
    assert said(base=base, metric=metric, mode=mode) == [
        f"{place}: val_jsd is not reported: it needs sculpting.variable, the column that it is "
        "measured in"
    ]
    assert said(metric=metric, mode=mode) == []


def test_the_variable_of_sculpting_is_not_searched(said: Said) -> None:
    found = said("sculpting.bins: [10, 20]", metric="val_jsd", mode="min")
    assert any("cannot be searched: it decides how val_jsd and val_dcor count" in s for s in found)


@pytest.mark.parametrize("metric", ["val_loss", "val_disco"])
def test_what_lambda_bends_is_no_fair_measure(metric: str, said: Said) -> None:
    found = said(metric=metric, mode="min")
    assert len(found) == 1
    assert f"{metric} is no fair measure here: its scale is bent by the searched disco" in found[0]
    assert "val_jsd" in found[0].partition("choose one that is not")[2]


WEIGHTS = "data.class_weights: [none, balanced]"
BLOCKS = "{one: {class_weights: none}, other: {class_weights: balanced}}"
SIZES = "{one: {batch_size: 256}, other: {batch_size: 512}}"


@pytest.mark.parametrize(
    ("parameter", "bending"),
    [
        (WEIGHTS, "data.class_weights"),
        ("data.weight_in_loss: [true, false]", "data.weight_in_loss"),
        (f"data: {{choice: {BLOCKS}}}", "data"),
        (f"data: {{choice: {SIZES}}}", None),
        ("data.batch_size: [256, 512]", None),
    ],
)
def test_weights_in_the_loss_bend_it(parameter: str, bending: str | None, said: Said) -> None:
    base = BASE.replace("max_rows", "weight: weight, max_rows")
    found = said(parameter, base, metric="val_loss", mode="min")
    assert [line for line in found if "no fair measure" in line] == (
        []
        if bending is None
        else [
            "space.yaml:3:10: search.metric: val_loss is no fair measure here: its scale is bent "
            f"by the searched {bending}; choose one that is not: val_auc, val_accuracy, val_f1, "
            "val_rejection_30, val_rejection_50, val_rejection_70, val_rejection_80, "
            "val_significance, val_jsd, val_inverse_jsd, val_dcor, val_disco"
        ]
    )


def test_constraints_speak_of_lambda(said: Said) -> None:
    rule = "constraints: [disco.lambda * 100 <= data.batch_size]\n"
    assert said(f"data.batch_size: [128, 1024]\n  {LAMBDA}\n{rule}") == []
    fixed = "constraints: [disco.lambda * 1000 <= data.batch_size]\n"
    assert said(f"data.batch_size: [1024, 2048]\n{fixed}") == []
    assert said(f"data.batch_size: [128, 256]\n{fixed}") != []


def test_options_are_dead_where_lambda_is_0(said: Said) -> None:
    lines = "disco.lambda: [0, 1]\n  disco.power: [0.5, 1.0]"
    found = said(lines, proved=True)
    assert [line for line in found if "space.disco.power: has no effect when disco.lambda" in line]
    only = "disco.lambda: [0, 1]\n  disco.power: {choice: [0.5, 1.0], when: {disco.lambda: 1}}"
    assert said(only, proved=True) == []
