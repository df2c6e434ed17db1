from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from search.checks import judge
from search.errors import UserError
from search.load import Search, load
from search.proof import prove

Load = Callable[..., Search]

HEAD = "trainable: ./toy.py\nbase: base.yaml\nsearch: {metric: val_auc, mode: max}\nspace:\n"
LR = "  optimizer.lr: {float: [1e-5, 1e-1], log: true}\n"


def refused(search: Search) -> list[str]:
    with pytest.raises(UserError) as error:
        prove(search)
    return str(error.value).split("\n")


def test_a_sound_search_is_proved_without_a_note(load_toy: Load) -> None:
    assert prove(load_toy()) == ()


def test_a_knob_that_one_label_overrides_names_that_label(load_toy: Load) -> None:
    space = HEAD + LR + "  scheduler.name: [constant, absolute]\n"
    assert refused(load_toy(space=space)) == [
        "space.yaml:5:3: space.optimizer.lr: has no effect when scheduler.name is 'absolute': none "
        "of its values changes what is built; add `when: {scheduler.name: [constant]}`"
    ]


def test_the_condition_that_is_proposed_revives_the_knob(load_toy: Load) -> None:
    space = HEAD + (
        "  optimizer.lr: {float: [1e-5, 1e-1], when: {scheduler.name: [constant]}}\n"
        "  scheduler.name: [constant, absolute]\n"
    )
    assert len(prove(load_toy(space=space))) == 0


def test_a_knob_that_the_base_overrides_is_dead_everywhere(load_toy: Load) -> None:
    assert refused(load_toy("scheduler.name=absolute", space=HEAD + LR)) == [
        "space.yaml:5:3: space.optimizer.lr: has no effect: none of its values changes what is "
        "built; take it out of the space, or change what overrides it in the base config"
    ]


def test_a_knob_is_tried_under_labels_that_are_not_its_parents(load_toy: Load) -> None:
    # the reference is the dead label itself, and a third choice varies beside it
    space = HEAD + LR + "  scheduler.name: [absolute, constant]\n  loss.name: [bce, focal]\n"
    (said,) = refused(load_toy("scheduler.max_lr=1e-3", space=space))
    assert "has no effect when scheduler.name is 'absolute':" in said


def test_a_choice_with_no_effect_under_one_parent_label(load_toy: Load) -> None:
    space = HEAD + "  architecture.name: [mlp, attention]\n  architecture.heads: [1, 2]\n"
    assert refused(load_toy(space=space)) == [
        "space.yaml:6:3: space.architecture.heads: has no effect when architecture.name is 'mlp': "
        "none of its values changes what is built; add `when: {architecture.name: [attention]}`"
    ]


def test_two_labels_that_build_the_same_are_told(load_toy: Load) -> None:
    space = HEAD + (
        "  optimizer: {choice: {one: {name: SGD, lr: 1}, two: {name: SGD, lr: 1}, "
        "three: {name: Adam}}}\n"
    )
    assert refused(load_toy(space=space)) == [
        "space.yaml:5:3: space.optimizer: 'one' and 'two' build the same"
    ]


def test_a_value_that_a_component_refuses_is_named_where_it_is_written(load_toy: Load) -> None:
    space = HEAD + "  optimizer.lr: {float: [0, 1]}\n"
    assert refused(load_toy(space=space)) == [
        "space.yaml:5:26: space.optimizer.lr: the value 0.0 is refused: must be positive"
    ]


def test_an_argument_that_only_one_component_takes_asks_for_a_condition(load_toy: Load) -> None:
    space = HEAD + "  optimizer.name: [SGD, Adam]\n  optimizer.momentum: {float: [0.1, 0.9]}\n"
    assert refused(load_toy(space=space)) == [
        "space.yaml:6:3: space.optimizer.momentum: Adam takes no momentum "
        "(when optimizer.name is 'Adam')"
    ]


def test_a_component_of_the_base_that_does_not_exist_points_into_the_base(load_toy: Load) -> None:
    space = HEAD + "  architecture.width: {int: [8, 16]}\n"
    assert refused(load_toy(space=space, base="trainer: {}\noptimizer:\n  name: Sgd\n")) == [
        "base.yaml:3:3: optimizer.name: no optimizer 'Sgd'; there is Adam, SGD"
    ]


def test_data_that_is_not_there_points_into_the_base(load_toy: Load) -> None:
    search = load_toy(base="data: {path: no.csv}\n")
    assert refused(search) == [
        f"base.yaml:1:8: data.path: no such file {Path.cwd().resolve() / 'no.csv'}"
    ]


def test_components_and_data_are_told_together(load_toy: Load) -> None:
    search = load_toy(
        space=HEAD + "  optimizer.lr: {float: [0, 1]}\n", base="data: {path: no.csv}\n"
    )
    assert [line.split(":")[0] for line in refused(search)] == ["base.yaml", "space.yaml"]


def test_what_is_odd_in_the_data_is_a_note(write: Callable[..., Path]) -> None:
    rows = "".join(f"{n},7,{n % 2}\n" for n in range(100))
    Path("events.csv").write_text(f"pt,run,label\n{rows}")
    space = HEAD.replace("./toy.py", "signal") + LR
    path = write(space, "data: {path: events.csv}\noptimizer: {name: SGD}\n")
    assert prove(load(str(path))) == (
        "data.features: run is the same in every training row, from which nothing can be learned; "
        "leave out what is not meant",
    )


BROKEN = """
import toy
from toy import Config, METRICS, check_data, fit, evaluate
def probe(config):
    return {"width": str(1 // (config.architecture.width - 8))}
"""


def test_a_probe_that_fails_is_told_with_its_line(load_toy: Load, tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text(BROKEN)
    space = HEAD.replace("toy", "broken") + "  architecture.width: {int: [8, 16]}\n"
    (said,) = refused(load_toy(space=space))
    assert said == (
        "space.yaml:5:30: space.architecture.width: the value 8 is refused: cannot be built: "
        f"ZeroDivisionError: integer division or modulo by zero ({tmp_path / 'broken.py'}:5)"
    )


def test_the_check_is_bounded_and_says_so(load_toy: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    search = load_toy()
    monkeypatch.setattr(judge, "MAX_PROBES", 20)
    assert prove(search) == (
        "the space has more than 3000 combinations to build; only a part was tried",
    )
