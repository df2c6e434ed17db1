"""Bad inputs, numbered as in the project's list of forty, each with the whole error it gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from search.checks.machine import Machine
from search.errors import UserError
from search.load import Search, load
from search.proof import prove

HEAD = """\
trainable: ./toy.py
base: base.yaml
search: {metric: val_auc, mode: max}
"""
LR = """\
space:
  optimizer.lr: {float: [1e-5, 1e-1], log: true}
"""
BASE = "optimizer: {name: SGD, lr: 0.1}\ntrainer: {max_epochs: 9}\n"
AT = "space.yaml"
NAME_RULE = "(letters, digits and _, dots between the words, at most 100 characters)"
TOP_KEYS = "base, constraints, resources, search, space, trainable, try_first"

Refused = Callable[..., str]
Load = Callable[..., Search]


def test_1_a_missing_file_names_the_nearest_one(write: Callable[..., Path]) -> None:
    write()
    with pytest.raises(UserError) as error:
        load("space.yml")
    assert str(error.value).startswith("space.yml: no such file")
    assert str(error.value).endswith("; did you mean 'space.yaml'?")


def test_2_a_directory_names_a_file_in_it(write: Callable[..., Path]) -> None:
    write()
    Path("spaces").mkdir()
    Path("spaces/a.yaml").touch()
    with pytest.raises(UserError) as error:
        load("spaces")
    assert str(error.value) == "spaces: is a directory; give a file, e.g. spaces/a.yaml"


EMPTY = f"{AT}:1:1: the file is empty; a space file needs 'trainable', 'search' and 'space'"
BOMB = "\n".join(
    f"{name}: &{name} [{','.join([inner] * 9)}]"
    for name, inner in (("a", "x"), ("b", "*a"), ("c", "*b"), ("d", "*c"), ("e", "*d"))
)

UNREADABLE: list[tuple[str, str | bytes, str]] = [
    ("3 empty", "", EMPTY),
    ("3 comments", "# nothing\n", EMPTY),
    ("3 null", "null\n", EMPTY),
    ("4 list", "- a\n", f"{AT}:1:1: expected a mapping at top level, found a list"),
    (
        "5 two documents",
        HEAD + LR + "---\na: 1\n",
        f"{AT}:6:1: a second YAML document starts here; only one is allowed",
    ),
    (
        "6 tab",
        HEAD + "space:\n\toptimizer.lr: [1, 2]\n",
        f"{AT}:5:1: a tab is used for indentation; use spaces",
    ),
    (
        "7 bracket",
        HEAD + "space:\n  optimizer.lr: [1, 2\n",
        f"{AT}:5:17: '[' opened here is never closed",
    ),
    (
        "7 brace",
        HEAD + "space: {optimizer.lr: [1, 2]\n",
        f"{AT}:4:8: '{{' opened here is never closed",
    ),
    (
        "7 wrong bracket",
        HEAD + "space:\n  optimizer.lr: {float: [1, 2}\n",
        f"{AT}:5:25: '[' opened here is closed by '}}' in line 5, column 30",
    ),
    (
        "7 quote",
        HEAD + "space:\n  optimizer.lr: ['1, 2]\n",
        f"{AT}:5:18: the quote ' opened here is never closed",
    ),
    ("10 alias bomb", BOMB, f"{AT}:5:8: the file expands to more than 10 000 values"),
    (
        "10 recursion",
        "a: &a [*a]\n",
        f"{AT}:1:8: a[0]: the anchor &a contains itself",
    ),
    ("11 size", "#" * 1_000_001, f"{AT}: the file is larger than 1 MB"),
    ("11 depth", "a: " + "[" * 2000, f"{AT}:1:36: nested deeper than 32 levels"),
    (
        "12 not UTF-8",
        b"a: \xff\n",
        f"{AT}:1:4: byte 0xff at offset 3; the file must be UTF-8 text",
    ),
    (
        "12 NUL",
        b"a: x\0\n",
        f"{AT}:1:5: byte 0x00 at offset 4; the file must be UTF-8 text",
    ),
    (
        "12 UTF-16",
        (HEAD + LR).encode("utf-16"),
        f"{AT}: the file is UTF-16 text; save it as UTF-8",
    ),
]


@pytest.mark.parametrize(
    ("text", "expected"), [row[1:] for row in UNREADABLE], ids=[row[0] for row in UNREADABLE]
)
def test_an_unreadable_file(refused: Refused, text: str | bytes, expected: str) -> None:
    assert refused(space=text, base=BASE) == expected


SHAPE: list[tuple[str, str, list[str]]] = [
    (
        "8 duplicate key",
        HEAD + LR + "  optimizer.lr: [1, 2]\n",
        [f"{AT}:6:3: space: 'optimizer.lr' is defined twice: line 5 and line 6"],
    ),
    (
        "9 tag",
        HEAD.replace("./toy.py", "!!python/object/apply:os.system [ls]") + LR,
        [
            f"{AT}:1:1: trainable: expected text, found a list",
            f"{AT}:1:12: trainable: YAML tags are not allowed "
            "(found !!python/object/apply:os.system)",
        ],
    ),
    (
        "13 unknown top key",
        HEAD + "metrcs: 1\n" + LR,
        [f"{AT}:4:1: metrcs: unknown key 'metrcs'; allowed: {TOP_KEYS}"],
    ),
    (
        "13 near top key",
        HEAD + "constraint: []\n" + LR,
        [
            f"{AT}:4:1: constraint: unknown key 'constraint'; allowed: {TOP_KEYS}"
            "; did you mean 'constraints'?"
        ],
    ),
    (
        "13 wrong case",
        HEAD + LR.replace("space", "Space"),
        [
            f"{AT}:1:1: space: missing key 'space' "
            "(the searched parameters, by their dotted key in the base config)",
            f"{AT}:4:1: Space: unknown key 'Space'; allowed: {TOP_KEYS}; did you mean 'space'?",
        ],
    ),
    (
        "14 no metric",
        HEAD.replace("metric: val_auc, ", "") + LR,
        [
            f"{AT}:3:1: search.metric: missing key 'metric' "
            "(which of the trainable's metrics is optimised)"
        ],
    ),
    (
        "15 mode",
        HEAD.replace("max", "minimum") + LR,
        [
            f"{AT}:3:27: search.mode: must be 'min' or 'max', found 'minimum'; did you mean 'min'?",
        ],
    ),
    (
        "16 no parameters",
        HEAD + "space: {}\n",
        [f"{AT}:4:1: space: no parameters to search; add at least one under 'space'"],
    ),
    (
        "35 metric",
        HEAD.replace("val_auc", "val_los") + LR,
        [
            f"{AT}:3:10: search.metric: 'val_los' is not reported; reported: val_auc, val_loss, "
            "val_error; did you mean 'val_loss'?"
        ],
    ),
]


@pytest.mark.parametrize(
    ("text", "expected"), [row[1:] for row in SHAPE], ids=[row[0] for row in SHAPE]
)
def test_a_wrong_shape(refused: Refused, text: str, expected: list[str]) -> None:
    assert refused(space=text, base=BASE).split("\n") == expected


PARAMETERS: list[tuple[str, str, str]] = [
    (
        "17 unknown form",
        "optimizer.lr: {flaot: [1, 2]}",
        "optimizer.lr: unknown key 'flaot'; did you mean 'float'?",
    ),
    (
        "17 unknown option",
        "optimizer.lr: {float: [1, 2], lgo: true}",
        "optimizer.lr: unknown key 'lgo'; allowed: float, log, step, when; did you mean 'log'?",
    ),
    (
        "17 no form",
        "optimizer.lr: {low: 1, high: 2}",
        "optimizer.lr: needs one of choice, family, float, int, "
        "such as {float: [1e-5, 1e-1], log: true}",
    ),
    (
        "17 two forms",
        "optimizer.lr: {float: [1, 2], int: [1, 2]}",
        "optimizer.lr: is both float and int; write one of them",
    ),
    (
        "17 unknown family",
        "optimizer.name: {family: adaptiv}",
        "optimizer.name: no family 'adaptiv'; there are adaptive, all, plain; "
        "did you mean 'adaptive'?",
    ),
    (
        "17 unknown family among others",
        "optimizer.name: {family: [all, sign]}",
        "optimizer.name: no family 'sign'; there are adaptive, all, plain",
    ),
    (
        "17 family of nothing",
        "optimizer.name: {family: []}",
        "optimizer.name: family names no family; there are adaptive, all, plain",
    ),
    (
        "17 family of a number",
        "optimizer.name: {family: 3}",
        "optimizer.name: family needs a name or a list of names, found 3",
    ),
    (
        "17 family of one",
        "optimizer.name: {family: plain}",
        "optimizer.name: needs at least 2 different values",
    ),
    (
        "17 family of what is no name",
        "optimizer.lr: {family: all}",
        "optimizer.lr: has no families; a family stands for the names of components, as in "
        "optimizer.name: {family: default}. List the values: {choice: [...]}",
    ),
    (
        "17 family of a section that has none",
        "architecture.name: {family: all}",
        "architecture.name: has no families; a family stands for the names of components, as in "
        "optimizer.name: {family: default}. List the values: {choice: [...]}",
    ),
    (
        "18 low above high",
        "optimizer.lr: {float: [1, 0]}",
        "optimizer.lr: low (1.0) must be smaller than high (0.0)",
    ),
    (
        "19 low equals high",
        "optimizer.lr: {float: [0.1, 0.1]}",
        "optimizer.lr: low equals high (0.1); put the constant into the base config instead",
    ),
    (
        "20 log of zero",
        "optimizer.lr: {float: [0, 1], log: true}",
        "optimizer.lr: log needs low > 0, found 0.0",
    ),
    (
        "20 log of int zero",
        "architecture.width: {int: [0, 8], log: true}",
        "architecture.width: log needs low >= 1, found 0",
    ),
    (
        "22 text",
        "optimizer.lr: {float: [abc, 1]}",
        "optimizer.lr: low must be a number, but 'abc' is text",
    ),
    (
        "22 yes",
        "optimizer.lr: {float: [yes, 1]}",
        "optimizer.lr: low must be a number, but 'yes' is text",
    ),
    (
        "22 true",
        "optimizer.lr: {float: [0, true]}",
        "optimizer.lr: high must be a number, but true is not a number",
    ),
    (
        "23 nan",
        "optimizer.lr: {float: [0.1, .nan]}",
        "optimizer.lr: high must be finite, found nan",
    ),
    (
        "23 inf",
        "optimizer.lr: {float: [0.1, .inf]}",
        "optimizer.lr: high must be finite, found inf",
    ),
    (
        "24 half an int",
        "architecture.width: {int: [1.5, 8]}",
        "architecture.width: int needs whole numbers, found 1.5",
    ),
    (
        "25 step 0",
        "architecture.width: {int: [1, 100], step: 0}",
        "architecture.width: step must be greater than 0, found 0",
    ),
    (
        "25 step -1",
        "optimizer.lr: {float: [1, 100], step: -1}",
        "optimizer.lr: step must be greater than 0, found -1",
    ),
    (
        "25 large step",
        "architecture.width: {int: [1, 100], step: 200}",
        "architecture.width: step (200) is larger than the range (99)",
    ),
    (
        "26 log and step",
        "optimizer.lr: {float: [0.1, 1], step: 0.1, log: true}",
        "optimizer.lr: log and step cannot be combined",
    ),
    (
        "27 empty",
        "optimizer.name: {choice: []}",
        "optimizer.name: needs at least 2 different values",
    ),
    (
        "27 one value",
        "optimizer.name: [SGD]",
        "optimizer.name: needs at least 2 different values",
    ),
    (
        "27 twice",
        "optimizer.name: [SGD, SGD]",
        "optimizer.name: 'SGD' and 'SGD' are the same option",
    ),
    (
        "27 one and true",
        "optimizer.lr: [1, true]",
        "optimizer.lr: 1 and true are the same option",
    ),
    (
        "29 unnamed blocks",
        "optimizer: {choice: [{name: SGD}, {name: Adam}]}",
        "optimizer: an option that is a mapping needs a name: choice: {small: {...}}",
    ),
    ("30 slash", "a/b: [1, 2]", f"'a/b' is not a valid name {NAME_RULE}"),
    ("30 space", "a b: [1, 2]", f"'a b' is not a valid name {NAME_RULE}"),
    ("30 empty", '"": [1, 2]', f"'' is not a valid name {NAME_RULE}"),
    ("30 dunder", "__class__: [1, 2]", f"'__class__' is not a valid name {NAME_RULE}"),
    ("30 long", "a" * 300 + ": [1, 2]", f"'{'a' * 100}' is not a valid name {NAME_RULE}"),
    ("30 dots", "a..b: [1, 2]", f"'a..b' is not a valid name {NAME_RULE}"),
    (
        "a constant",
        "optimizer.lr: 0.1",
        "optimizer.lr: 0.1 is a constant; put it into the base config, or search it with "
        "{choice: [...]}, {float: [low, high]} or {int: [low, high]}",
    ),
    (
        "37 strict section",
        "architecture.widht: {int: [1, 9]}",
        "architecture.widht: unknown key 'widht'; allowed: heads, layers, name, width; "
        "did you mean 'width'?",
    ),
]


@pytest.mark.parametrize(
    ("line", "expected"), [row[1:] for row in PARAMETERS], ids=[row[0] for row in PARAMETERS]
)
def test_a_wrong_parameter(refused: Refused, line: str, expected: str) -> None:
    text = f"{HEAD}space:\n  {line}\n"
    dot = ": " if expected.startswith("'") else "."
    assert refused(space=text, base=BASE) == f"{AT}:5:3: space{dot}{expected}"


def test_21_a_number_with_an_exponent_is_a_number(load_toy: Load) -> None:
    domain = load_toy(space=HEAD + LR, base=BASE).space.parameters[0].domain
    assert domain.corners() == (1e-5, 1e-1)


def test_25_a_step_that_misses_the_end_is_a_note(load_toy: Load) -> None:
    text = HEAD + "space:\n  architecture.width: {int: [8, 100], step: 8}\n"
    search = load_toy(space=text, base=BASE)
    # 96 is the last multiple of 8 below 100
    assert search.notes[0] == (
        "architecture.width: 100 is not reached with step 8; the last value is 96"
    )
    assert search.space.parameters[0].domain.corners() == (8, 96)


def test_27_a_million_values_pass_the_bound_of_the_file(refused: Refused) -> None:
    text = f"{HEAD}space:\n  optimizer.lr: [{','.join(map(str, range(100_000)))}]\n"
    assert refused(space=text, base=BASE).endswith("the file expands to more than 10 000 values")


def test_27_thousands_of_values_are_a_range(refused: Refused) -> None:
    text = f"{HEAD}space:\n  optimizer.lr: [{','.join(map(str, range(5000)))}]\n"
    assert refused(space=text, base=BASE) == (
        f"{AT}:5:3: space.optimizer.lr: has 5000 options; 1000 are the most, or a range"
    )


def test_28_off_is_text(load_toy: Load) -> None:
    text = HEAD + "space:\n  optimizer.name: {choice: [off, Adam]}\n"
    search = load_toy(space=text, base=BASE)
    with pytest.raises(UserError) as error:
        prove(search)
    assert str(error.value) == (
        f"{AT}:5:29: space.optimizer.name: no optimizer 'off'; there is Adam, SGD"
    )


def test_29_named_blocks_are_allowed(load_toy: Load) -> None:
    text = (
        HEAD + "space:\n  optimizer: {choice: {slow: {name: SGD, lr: 0.1}, fast: {name: Adam}}}\n"
    )
    search = load_toy(space=text, base=BASE)
    assert search.resolved({"optimizer": "fast"})["optimizer"] == {"name": "Adam"}


def test_30_a_key_that_is_no_text(refused: Refused) -> None:
    said = refused(space=HEAD + "space:\n  1: [1, 2]\n", base=BASE)
    assert f"{AT}:5:3: space: the key 1 is not text; put it in quotes" in said.split("\n")


CONDITIONS: list[tuple[str, str, str]] = [
    (
        "31 unknown parent",
        "optimizer.lr: {float: [0.1, 1], when: {loss.nam: bce}}\n  loss.name: [bce, focal]",
        "5:42: space.optimizer.lr.when.loss.nam: 'loss.nam' is not searched"
        "; did you mean 'loss.name'?",
    ),
    (
        "31 unknown parent whose real name is not searched",
        "optimizer.lr: {float: [0.1, 1]}\n"
        "  optimizer.momentum: {float: [0.1, 1], when: {optimizer.nmae: SGD}}",
        "6:48: space.optimizer.momentum.when.optimizer.nmae: 'optimizer.nmae' is not searched"
        "; did you mean 'optimizer.name'?",
    ),
    (
        "31 parent that is not searched",
        "optimizer.lr: {float: [0.1, 1], when: {loss.name: bce}}",
        "5:42: space.optimizer.lr.when.loss.name: 'loss.name' is not searched, so it never "
        "changes; search it too, or leave this condition out",
    ),
    (
        "31 unknown label",
        "optimizer.lr: {float: [0.1, 1], when: {loss.name: foca}}\n  loss.name: [bce, focal]",
        "5:42: space.optimizer.lr.when.loss.name: 'loss.name' has no value 'foca'"
        "; did you mean 'focal'?",
    ),
    (
        "31 far label",
        "optimizer.lr: {float: [0.1, 1], when: {loss.name: 7}}\n  loss.name: [bce, focal]",
        "5:42: space.optimizer.lr.when.loss.name: 'loss.name' has no value 7"
        "; it is one of 'bce', 'focal'",
    ),
    (
        "31 cycle",
        "optimizer.name: {choice: [SGD, Adam], when: {loss.name: bce}}\n"
        "  loss.name: {choice: [bce, focal], when: {optimizer.name: SGD}}",
        "5:41: space.optimizer.name.when: the conditions of optimizer.name, loss.name "
        "go round in a circle",
    ),
    (
        "31 range as parent",
        "optimizer.lr: {float: [0.1, 1]}\n"
        "  architecture.width: {int: [1, 9], when: {optimizer.lr: 1}}",
        "6:44: space.architecture.width.when.optimizer.lr: 'optimizer.lr' is a range of numbers; "
        "a condition needs a choice or an int",
    ),
    (
        "32 outside",
        "optimizer.lr: {float: [1e-5, 0.1]}\ntry_first: [{optimizer.lr: 5.0}]",
        "6:14: try_first[0].optimizer.lr: 5.0 is outside 1e-05..0.1",
    ),
    (
        "32 unknown name",
        "optimizer.lr: {float: [1e-5, 0.1]}\ntry_first: [{optimizer.rl: 5.0}]",
        "6:14: try_first[0].optimizer.rl: is not searched; did you mean 'optimizer.lr'?",
    ),
    (
        "32 inactive name",
        "loss.name: [bce, focal]\n"
        "  loss.gamma: {float: [0, 1], when: {loss.name: focal}}\n"
        "try_first: [{loss.name: bce, loss.gamma: 0.5}]",
        "7:30: try_first[0].loss.gamma: exists only when loss.name is 'focal'",
    ),
    (
        "32 broken constraint",
        "optimizer.lr: {float: [1e-5, 0.1]}\n"
        "constraints: [optimizer.lr < 0.05]\ntry_first: [{optimizer.lr: 0.06}]",
        "7:13: try_first[0]: breaks the constraint 'optimizer.lr < 0.05'",
    ),
]


@pytest.mark.parametrize(
    ("lines", "expected"), [row[1:] for row in CONDITIONS], ids=[row[0] for row in CONDITIONS]
)
def test_a_wrong_condition_or_point(refused: Refused, lines: str, expected: str) -> None:
    text = f"{HEAD}space:\n  {lines}\n"
    assert refused(space=text, base=BASE) == f"{AT}:{expected}"


SEARCH: list[tuple[str, str, str]] = [
    ("33 zero", "trials: 0", "38: search.trials: must be at least 1, found 0"),
    ("33 negative", "trials: -1", "38: search.trials: must be at least 1, found -1"),
    (
        "33 half",
        "trials: 1.5",
        "38: search.trials: expected a whole number, found the number 1.5",
    ),
    (
        "33 text",
        'trials: "ten"',
        "38: search.trials: expected a whole number, found the text 'ten'",
    ),
    (
        "33 billion",
        "trials: 1000000000",
        "38: search.trials: must be at most 100000, found 1000000000",
    ),
    (
        "34 grace beyond the end",
        "scheduler: {name: asha, grace_epochs: 20}",
        "62: search.scheduler.grace_epochs: 20 must not exceed the epochs of a trial (9), or no "
        "trial is ever compared; lower it, or write search.scheduler: {name: none}",
    ),
    (
        "34 reduction factor",
        "scheduler: {name: asha, reduction_factor: 1}",
        "62: search.scheduler.reduction_factor: must be at least 2, found 1",
    ),
    (
        "34 no grace",
        "scheduler: {name: asha, grace_epochs: 0}",
        "62: search.scheduler.grace_epochs: must be at least 1, found 0",
    ),
    (
        "unknown sampler",
        "sampler: {name: tpee}",
        "38: search.sampler: unknown name 'tpee'; known: random, tpe, gp, cmaes, nsga2, grid"
        "; did you mean 'tpe'?",
    ),
    (
        "sampler as text",
        "sampler: random",
        "38: search.sampler: expected a mapping such as {name: ...}, found the text 'random'",
    ),
    ("extra: seed", "seed: -1", "38: search.seed: must be at least 0, found -1"),
    (
        "extra: sexagesimal",
        "seed: 12:30",
        "38: search.seed: expected a whole number, found the text '12:30'",
    ),
    (
        "extra: date",
        "seed: 2026-01-01",
        "38: search.seed: expected a whole number, found the text '2026-01-01'",
    ),
    (
        "extra: underscore",
        "seed: 1_000",
        "38: search.seed: expected a whole number, found the text '1_000'"
        "; write 1000, without quotes",
    ),
]


@pytest.mark.parametrize(
    ("line", "expected"), [row[1:] for row in SEARCH], ids=[row[0] for row in SEARCH]
)
def test_a_wrong_search_section(refused: Refused, line: str, expected: str) -> None:
    text = HEAD.replace("max}", f"max, {line}}}") + LR
    assert refused(space=text, base=BASE) == f"{AT}:3:{expected}"


TRAINABLES: list[tuple[str, str, str]] = [
    ("36 stdlib", "os", "'os' is part of Python, not a trainable"),
    ("36 stdlib module", "json.decoder", "'json.decoder' is part of Python, not a trainable"),
    (
        "36 function",
        "os:system",
        "'os:system' is neither a module name such as my_lab.mine nor ./file.py",
    ),
    (
        "36 no such module",
        "nosuch.mod",
        "'nosuch.mod' cannot be imported: No module named 'nosuch'",
    ),
    ("36 no such file", "./tony.py", "no such Python file ./tony.py; did you mean 'toy.py'?"),
    (
        "36 no trainable",
        "trainables.contract",
        "'trainables.contract' is no trainable: it has no Config, METRICS, check_data, probe, fit, "
        "evaluate",
    ),
]


@pytest.mark.parametrize(
    ("name", "expected"), [row[1:] for row in TRAINABLES], ids=[row[0] for row in TRAINABLES]
)
def test_36_a_wrong_trainable(refused: Refused, name: str, expected: str) -> None:
    text = HEAD.replace("./toy.py", name) + LR
    assert refused(space=text, base=BASE) == f"{AT}:1:1: trainable: {expected}"


def test_36_a_misspelt_shipped_trainable(refused: Refused) -> None:
    said = refused(space=HEAD.replace("./toy.py", "sginal") + LR, base=BASE)
    assert said.startswith(f"{AT}:1:1: trainable: no trainable 'sginal'; shipped: ")
    assert said.endswith(
        "one of your own is written my_lab.mine or ./mine.py; did you mean 'signal'?"
    )


def test_37_an_argument_that_the_component_does_not_take(load_toy: Load) -> None:
    text = HEAD + "space:\n  optimizer.learning_rate: {float: [0.1, 1]}\n"
    with pytest.raises(UserError) as error:
        prove(load_toy(space=text, base=BASE))
    assert str(error.value) == (
        f"{AT}:5:37: space.optimizer.learning_rate: the values 0.1 and 1.0 are refused: "
        "SGD takes no learning_rate"
    )


RESOURCES: list[tuple[str, str, str]] = [
    ("38 cpus", "cpus: 4", "13: resources.cpus: one trial needs 4 CPUs but this machine has 2"),
    ("38 gpus", "gpus: 1", "13: resources.gpus: one trial needs 1 GPU but this machine has none"),
    (
        "38 workers",
        "workers: 3",
        "1: resources.cpus: one trial needs 3 CPUs (3 workers) but this machine has 2",
    ),
    (
        "38 part of a second GPU",
        "gpus: 1.5",
        "1: resources: a worker trains on one GPU at most, not 1.5; write gpus: 1 and as many "
        "workers as there are GPUs for a trial",
    ),
    (
        "38 unknown key",
        "cpu: 1",
        "13: resources.cpu: unknown key 'cpu'; allowed: cpus, gpus, workers; did you mean 'cpus'?",
    ),
]


@pytest.mark.parametrize(
    ("line", "expected"), [row[1:] for row in RESOURCES], ids=[row[0] for row in RESOURCES]
)
def test_38_resources_that_are_not_there(refused: Refused, line: str, expected: str) -> None:
    text = f"{HEAD}resources: {{{line}}}\n{LR}"
    assert refused(space=text, base=BASE) == f"{AT}:4:{expected}"


def test_38_a_cluster_is_not_this_machine(write: Callable[..., Path]) -> None:
    path = write(f"{HEAD}resources: {{cpus: 64}}\n{LR}", BASE)
    assert load(str(path), machine=None).resources.cpus == 64


def test_extra_an_environment_variable_is_not_expanded(refused: Refused) -> None:
    assert refused(space=HEAD + LR, base='data: {path: "${HOME}/x.csv"}\n') == (
        "base.yaml:1:14: data.path: ${HOME} would stay as it is, variables are not expanded; "
        "write the value"
    )


def test_extra_windows_line_ends_work(load_toy: Load) -> None:
    assert load_toy(space=(HEAD + LR).replace("\n", "\r\n"), base=BASE).spec.metric == "val_auc"


def test_extra_a_byte_order_mark_works(load_toy: Load) -> None:
    assert load_toy(space=b"\xef\xbb\xbf" + (HEAD + LR).encode(), base=BASE).spec.mode == "max"


def test_extra_a_typographic_quote_is_named(refused: Refused) -> None:
    text = HEAD.replace("max}", "max, seed: \u201c5\u201d}") + LR
    assert f"{AT}:3:44: search.seed: \u201c is a typographic quote; use \" or '" in refused(
        space=text, base=BASE
    ).split("\n")


def test_both_files_are_told_together_in_the_order_of_their_lines(refused: Refused) -> None:
    base = "optimzer: {name: SGD}\narchitecture: {width: '3'}\nloss: {name: foc}\n"
    said = refused(space=HEAD.replace("max", "min") + LR, base=base).split("\n")
    sections = "architecture, data, loss, optimizer, scheduler, trainer"
    assert said == [
        f"base.yaml:1:1: optimzer: unknown key 'optimzer'; allowed: {sections}"
        "; did you mean 'optimizer'?",
        "base.yaml:2:16: architecture.width: expected a whole number, found the text '3'"
        "; write 3, without quotes",
        "base.yaml:3:1: loss: unknown name 'foc'; known: bce, focal; did you mean 'focal'?",
        f"{AT}:3:27: search.mode: val_auc is better when it is larger; write mode: max",
    ]


def test_a_full_machine_is_no_problem_where_the_trial_fits(write: Callable[..., Path]) -> None:
    path = write(f"{HEAD}resources: {{cpus: 2, gpus: 0.5, workers: 2}}\n{LR}", BASE)
    assert load(str(path), machine=Machine(lambda: 4, lambda: 1)).resources.workers == 2
