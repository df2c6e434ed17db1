from __future__ import annotations

import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from search.errors import UserError
from search.load import Search, load
from search.space.domains import Choice, Float
from search.spec import GridSampler, RandomSampler

Load = Callable[..., Search]
Refused = Callable[..., str]
Write = Callable[..., Path]

HEAD = "trainable: ./toy.py\nbase: base.yaml\nsearch: {metric: val_auc, mode: max}\n"


def names(search: Search) -> list[str]:
    return [parameter.name for parameter in search.space.parameters]


def test_a_valid_search_is_loaded_whole(load_toy: Load) -> None:
    search = load_toy()
    assert (search.spec.name, search.spec.metric, search.spec.trials) == ("space", "val_auc", 12)
    assert names(search)[:3] == ["optimizer.name", "optimizer.lr", "optimizer.momentum"]
    assert search.space.try_first == ({"optimizer.name": "Adam", "optimizer.lr": 1e-3},)
    assert search.max_epochs() == 9
    assert search.notes == search.fixed == ()


def test_loading_imports_nothing_heavy() -> None:
    code = (
        "import sys, search.load, search.proof, search.schema\n"
        "print([m for m in ('torch', 'ray', 'mlflow', 'optuna', 'pandas', 'numpy', 'lightning') "
        "if m in sys.modules])"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root)
    assert done.stdout == "[]\n", done.stderr


def test_a_search_can_be_sent_to_another_process(load_toy: Load) -> None:
    search = load_toy()
    assert pickle.loads(pickle.dumps(search)).identity() == search.identity()


def test_a_trial_is_the_base_with_the_values_of_its_point(load_toy: Load) -> None:
    point = {
        "optimizer.name": "Adam",
        "optimizer.lr": 0.01,
        "architecture.name": "mlp",
        "architecture.width": 128,
        "loss.name": "focal",
        "loss.gamma": 1.5,
    }
    assert load_toy().resolved(point) == {
        # the base's momentum is SGD's and does not reach Adam
        "optimizer": {"name": "Adam", "lr": 0.01},
        "architecture": {"name": "mlp", "width": 128},
        "loss": {"name": "focal", "gamma": 1.5},
        "trainer": {"max_epochs": 9},
    }


def test_a_fixed_parent_decides_its_children(load_toy: Load) -> None:
    search = load_toy("optimizer.name=SGD", "loss.name=bce")
    assert search.fixed == ("optimizer.name", "loss.name")
    assert names(search) == [
        "optimizer.lr",
        "optimizer.momentum",
        "architecture.name",
        "architecture.width",
        "architecture.heads",
    ]
    assert search.space.by_name["optimizer.momentum"].when == ()
    assert (
        search.notes
        == (
            "try_first[0] is left out: optimizer.name is 'SGD' on the command line",
            "loss.gamma is not searched: the command line fixes what it depends on",
        )[::-1]
    )


def test_a_fixed_value_need_not_be_one_of_the_options(load_toy: Load) -> None:
    search = load_toy("architecture.width=7")
    assert search.base["architecture"]["width"] == 7
    assert "architecture.width" not in names(search)


def test_a_fixed_child_keeps_its_condition(load_toy: Load) -> None:
    search = load_toy("optimizer.momentum=0.95")
    kept = search.space.by_name["optimizer.momentum"]
    assert isinstance(kept.domain, Choice)
    assert kept.domain.labels == (0.95,)
    assert kept.when == (("optimizer.name", frozenset({"SGD"})),)


def test_a_fixed_value_that_is_no_label_gets_one(load_toy: Load) -> None:
    kept = load_toy("optimizer.momentum=''").space.by_name["optimizer.momentum"]
    assert isinstance(kept.domain, Choice)
    assert kept.domain.options == (("''", ""),)


def test_fixing_everything_leaves_nothing_to_search(refused: Refused) -> None:
    text = HEAD + "space:\n  optimizer.lr: {float: [0.1, 1]}\n"
    assert refused("optimizer.lr=0.5", space=text) == (
        "space.yaml:4:1: space: the command line fixes every parameter; nothing is left to search"
    )


def test_another_component_on_the_command_line_drops_the_old_arguments(load_toy: Load) -> None:
    text = HEAD + "space:\n  architecture.width: {int: [8, 16]}\n"
    search = load_toy("optimizer.name=Adam", space=text)
    assert search.base["optimizer"] == {"name": "Adam", "lr": 0.1}


def test_another_sampler_on_the_command_line_drops_the_old_options(load_toy: Load) -> None:
    text = HEAD.replace("max}", "max, sampler: {name: tpe, startup_trials: 3}}")
    text += "space:\n  optimizer.lr: {float: [0.1, 1]}\n"
    assert load_toy("search.sampler.name=random", space=text).spec.sampler == RandomSampler()


def test_a_parameter_on_the_command_line_joins_the_space(load_toy: Load) -> None:
    search = load_toy("space.optimizer.lr={float: [0.1, 0.2]}")
    assert search.space.by_name["optimizer.lr"].domain == Float(0.1, 0.2)
    assert search.space.try_first == ()
    assert search.notes == (
        "try_first[0] is left out: optimizer.lr is changed on the command line",
    )


COMMAND_LINE = [
    ("trials", "'trials' is not of the form key=value, such as search.trials=8"),
    ("search.trials=0", "search.trials: must be at least 1, found 0"),
    (
        "search.trails=3",
        "search.trails: unknown key 'trails'; allowed: duplicates, finalists, gpu_hours, "
        "max_concurrent, max_failed, metric, mode, name, report_timeout, retries, sampler, "
        "scheduler, seed, time_budget, trial_timeout, trials; did you mean 'trials'?",
    ),
    (
        "serch.trials=3",
        "serch.trials: unknown key 'serch'; allowed: architecture, base, constraints, data, loss, "
        "optimizer, resources, scheduler, search, space, trainable, trainer, try_first; "
        "did you mean 'search'?",
    ),
    (
        "trainer.max_epoch=3",
        "trainer.max_epoch: unknown key 'max_epoch'; allowed: fast, max_epochs; "
        "did you mean 'max_epochs'?",
    ),
    ("trainer.fast=yes", "trainer.fast: expected true or false, found the text 'yes'; write true"),
    (
        "search.trials=",
        "search.trials: has no value; search.trials=null turns it off, search.trials='\"\"' is an "
        "empty text",
    ),
    ("a b=1", "a b: 'a b' is not a key; keys are words with dots, such as optimizer.lr"),
    ("search.seed=[1", "search.seed: '[' opened here is never closed"),
    (
        "trainable=nosuch.mod",
        "trainable: 'nosuch.mod' cannot be imported: No module named 'nosuch'",
    ),
    ("base=no.yaml", "base: no such file no.yaml; there: base.yaml, space.yaml"),
]


@pytest.mark.parametrize(("override", "expected"), COMMAND_LINE)
def test_a_mistake_on_the_command_line(refused: Refused, override: str, expected: str) -> None:
    assert refused(override) == f"command line: {expected}"


def test_an_override_given_twice(refused: Refused) -> None:
    assert refused("search.seed=1", "search.seed=2") == "command line: search.seed: is given twice"


def test_an_override_inside_a_searched_block_has_no_effect(refused: Refused) -> None:
    text = HEAD + "space:\n  optimizer: {choice: {a: {name: SGD}, b: {name: Adam}}}\n"
    assert refused("optimizer.lr=1", space=text) == (
        "command line: optimizer.lr: has no effect: optimizer is searched as a whole"
    )


def test_a_relative_path_of_the_base_file_is_relative_to_it(write: Write) -> None:
    write()
    Path("configs").mkdir()
    Path("configs/b.yaml").write_text("data: {path: ../x/y.csv}\n")
    search = load("space.yaml", ["base=configs/b.yaml"])
    assert search.base["data"]["path"] == str(Path.cwd().resolve() / "x/y.csv")


def test_a_relative_path_on_the_command_line_is_relative_to_here(load_toy: Load) -> None:
    search = load_toy("data.path=x.csv")
    assert search.base["data"]["path"] == str(Path.cwd().resolve() / "x.csv")


def test_a_path_with_a_scheme_stays(load_toy: Load) -> None:
    assert load_toy("data.path=shipped:toy").base["data"]["path"] == "shipped:toy"


def test_the_base_can_be_written_inside_the_space_file(load_toy: Load) -> None:
    text = HEAD.replace("base: base.yaml", "base: {trainer: {max_epochs: 4}}")
    search = load_toy(space=text + "space:\n  optimizer.lr: {float: [0.1, 1]}\n")
    assert search.base == {"trainer": {"max_epochs": 4}}


def test_a_mistake_in_an_inline_base_points_into_the_space_file(refused: Refused) -> None:
    text = HEAD.replace("base: base.yaml", "base:\n  trainer: {max_epoch: 4}")
    assert refused(space=text + "space:\n  optimizer.lr: {float: [0.1, 1]}\n") == (
        "space.yaml:3:13: trainer.max_epoch: unknown key 'max_epoch'; allowed: fast, max_epochs; "
        "did you mean 'max_epochs'?"
    )


def test_without_a_base_the_defaults_of_the_trainable_are_it(load_toy: Load) -> None:
    text = HEAD.replace("base: base.yaml\n", "") + "space:\n  optimizer.lr: {float: [0.1, 1]}\n"
    search = load_toy(space=text)
    assert search.base == {}
    assert search.max_epochs() == 10  # the toy's default


VALUES = [
    (
        "loss.gamma: {float: [-1, 9]}\n  loss.name: [bce, focal]",
        "5:3: space.loss.gamma: must be at least 0.0, found -1.0 (when loss.name is 'focal')",
    ),
    (
        "loss.gamma: {float: [1, 4]}\n  loss.name: [bce, focal]",
        "5:3: space.loss.gamma: unknown key 'gamma'; allowed: name; it exists when loss.name is "
        "'focal': give it a `when`",
    ),
    (
        "loss.gamma: {float: [-1, 4], when: {loss.name: focal}}\n  loss.name: [bce, focal]",
        "5:24: space.loss.gamma: must be at least 0.0, found -1.0",
    ),
    (
        "trainer.max_epochs: [3, four]",
        "5:27: space.trainer.max_epochs: expected a whole number, found the text 'four'",
    ),
    (
        "trainer.max_epochs: [3, 0]",
        "5:27: space.trainer.max_epochs: must be at least 1, found 0",
    ),
    (
        "trainer: {choice: {short: {max_epochs: 3}, long: {max_epoch: 30}}}",
        "5:46: space.trainer: the value 'long' is refused: trainer.max_epoch: unknown key "
        "'max_epoch'; allowed: fast, max_epochs; did you mean 'max_epochs'?",
    ),
    (
        "architecture.name: [mlp, attention]\n  architecture.heads: [2, 3]",
        "6:27: space.architecture.heads: the value 3 is refused: must divide architecture.width",
    ),
    (
        "optimizer.lr: {float: [0, 1]}\n  optimizer.lr.inner: [1, 2]",
        "6:3: space.optimizer.lr.inner: lies inside optimizer.lr, which is searched as one value",
    ),
]


@pytest.mark.parametrize(("lines", "expected"), VALUES)
def test_a_value_that_the_config_refuses(refused: Refused, lines: str, expected: str) -> None:
    base = "architecture: {name: attention, width: 64}\nloss: {name: bce}\n"
    said = refused(space=f"{HEAD}space:\n  {lines}\n", base=base)
    assert said.split("\n")[0] == f"space.yaml:{expected}"


def test_a_base_that_needs_its_searched_keys_is_complete(load_toy: Load) -> None:
    text = HEAD + "space:\n  loss.name: [bce, focal]\n"
    assert names(load_toy(space=text, base="loss: {}\n")) == ["loss.name"]


def test_values_that_a_constraint_excludes_are_not_tried(load_toy: Load) -> None:
    text = HEAD + (
        "space:\n  architecture.width: {int: [60, 64]}\n  architecture.heads: [1, 4, 7]\n"
        "constraints: [architecture.width % architecture.heads == 0]\n"
    )
    base = "architecture: {name: attention, width: 61, heads: 4}\n"
    # 7 divides 63 and 4 divides 60 and 64, so no combination that is left breaks the config
    assert len(names(load_toy(space=text, base=base))) == 2


CONSTRAINTS = [
    ("optimizer.lr", "'optimizer.lr' is not a condition; compare it with something"),
    ("optimizer.lr = 1", "'optimizer.lr = 1' is not a condition; write == to compare"),
    (
        "optimizer.rl < 1",
        "'optimizer.rl < 1': 'optimizer.rl' is neither searched nor in the base config; "
        "did you mean 'optimizer.lr'?",
    ),
    ("optimizer.lr < 0", "'optimizer.lr < 0' holds for none of 2000 random points of the space"),
    (
        "optimizer.name % 2 == 0 and optimizer.lr > 0",
        "'optimizer.name % 2 == 0 and optimizer.lr > 0' cannot be computed: 'SGD' is not a number",
    ),
]


@pytest.mark.parametrize(("constraint", "expected"), CONSTRAINTS)
def test_a_wrong_constraint(refused: Refused, constraint: str, expected: str) -> None:
    text = f"{HEAD}space:\n  optimizer.lr: {{float: [0.1, 1]}}\nconstraints:\n  - {constraint}\n"
    assert refused(space=text) == f"space.yaml:7:5: constraints[0]: {expected}"


def test_constraints_that_exclude_each_other(refused: Refused) -> None:
    text = HEAD + (
        "space:\n  optimizer.lr: {float: [0, 1]}\n"
        "constraints: [optimizer.lr < 0.5, optimizer.lr > 0.5]\n"
    )
    assert refused(space=text) == (
        "space.yaml:6:1: constraints: none of 2000 random points of the space keeps all of them"
    )


def test_constraints_that_reject_most_points_are_a_note(load_toy: Load) -> None:
    text = HEAD + ("space:\n  optimizer.lr: {float: [0, 1]}\nconstraints: [optimizer.lr < 0.25]\n")
    (note,) = load_toy(space=text).notes
    # three quarters of the range, give or take three standard deviations of 2000 draws
    share = int(note.removeprefix("the constraints reject ").split(" ")[0])
    assert abs(share - 75) <= 3


def test_a_metric_that_the_searched_loss_bends(refused: Refused) -> None:
    assert refused("search.metric=val_loss", "search.mode=min") == (
        "command line: search.metric: val_loss is no fair measure here: its scale is bent by the "
        "searched loss.name, loss.gamma; choose one that is not: val_auc, val_error"
    )


def test_a_grid_needs_values_that_end(refused: Refused) -> None:
    text = HEAD + "space:\n  optimizer.lr: {float: [0, 1]}\n"
    assert refused("search.sampler.name=grid", space=text) == (
        "space.yaml:5:3: space.optimizer.lr: a grid needs values that end; give this range a step"
    )


def test_a_grid_that_is_not_finished_is_a_note(load_toy: Load) -> None:
    text = HEAD + "space:\n  optimizer.lr: {float: [0, 1], step: 0.5}\n  loss.name: [bce, focal]\n"
    search = load_toy("search.sampler.name=grid", "search.trials=4", space=text)
    assert search.spec.sampler == GridSampler()
    assert search.notes == ("the grid has 6 points, but search.trials is 4",)


def test_a_space_smaller_than_the_search_is_a_note(load_toy: Load) -> None:
    text = HEAD + "space:\n  loss.name: [bce, focal]\n"
    assert load_toy(space=text).notes == ("the space has only 2 points for 20 trials",)


TAUGHT = "space:\n  optimizer.lr: {float: [0, 1]}\nconstraints: [optimizer.lr < 0.9]\n"


@pytest.mark.parametrize("sampler", ["cmaes", "gp", "nsga2"])
def test_a_sampler_that_does_not_hear_of_constraints_is_a_note(
    load_toy: Load, sampler: str
) -> None:
    assert load_toy(f"search.sampler.name={sampler}", space=HEAD + TAUGHT).notes == (
        f"{sampler} does not learn from constraints: it goes on to propose points that break one, "
        "which are thrown away untrained; tpe learns from them",
    )


def test_tpe_hears_of_constraints(load_toy: Load) -> None:
    assert load_toy(space=HEAD + TAUGHT).notes == ()


def test_what_cmaes_leaves_to_chance_is_a_note(load_toy: Load) -> None:
    text = HEAD + "space:\n  optimizer.lr: {float: [0, 1]}\n  loss.name: [bce, focal]\n"
    assert load_toy("search.sampler.name=cmaes", space=text).notes == (
        "cmaes draws choices and conditional parameters at random: loss.name",
    )


PBT = "search.scheduler={name: pbt, mutate: [%s]}"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("optimizer.rl", "'optimizer.rl' is not searched; did you mean 'optimizer.lr'?"),
        (
            "optimizer.momentum",
            "'optimizer.momentum' exists only when optimizer.name is 'SGD'; pbt needs it in each "
            "trial",
        ),
    ],
)
def test_what_pbt_mutates_is_in_every_trial(refused: Refused, name: str, expected: str) -> None:
    assert refused(PBT % name) == f"command line: search.scheduler.mutate[0]: {expected}"


def test_no_trial_may_be_shorter_than_the_grace(refused: Refused) -> None:
    text = HEAD + "space:\n  trainer.max_epochs: {int: [1, 9]}\n"
    assert refused(space=text) == (
        "space.yaml:3:1: search.scheduler.grace_epochs: 2 must not exceed the epochs of a trial "
        "(1), or no trial is ever compared; lower it, or write search.scheduler: {name: none}"
    )


def test_the_longest_trial_sets_the_epochs_of_the_search(load_toy: Load) -> None:
    text = HEAD + "space:\n  trainer.max_epochs: {int: [3, 30]}\n"
    assert load_toy(space=text).max_epochs() == 30


def test_the_identity_knows_what_a_trial_means(load_toy: Load) -> None:
    identity = load_toy().identity()
    assert load_toy("search.trials=99", "search.max_concurrent=1").identity() == identity
    limits = ("search.trial_timeout=2h", "search.time_budget=8h", "search.retries=5")
    assert load_toy(*limits, "search.report_timeout=1h").identity() == identity
    assert load_toy("search.seed=8").identity() != identity
    assert load_toy("trainer.max_epochs=8").identity() != identity
    assert load_toy("space.optimizer.lr={float: [0.1, 1]}").identity() != identity


def test_the_identity_survives_a_move_of_the_folder(write: Write, tmp_path: Path) -> None:
    write(base="data: {path: x.csv}\n")
    before = load("space.yaml").identity()
    shutil.copytree(tmp_path, tmp_path / "moved")
    assert load("moved/space.yaml").identity() == before


def test_a_space_name_that_is_no_file_lists_the_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UserError, match="no such file") as error:
        load("no_such_space")
    assert str(error.value).startswith("no_such_space: no such file")


def test_a_file_name_that_cannot_name_a_search(write: Write) -> None:
    write().rename("my space.yaml")
    with pytest.raises(UserError) as error:
        load("my space.yaml")
    assert str(error.value) == (
        "my space.yaml:3:1: search.name: the file name 'my space' cannot name a search; add a name"
    )
