"""What a search can improve, and with what, each mistake with its place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from search.load import Search

Load = Callable[..., Search]
Refused = Callable[..., str]

HEAD = "trainable: ./toy.py\nbase: base.yaml\nsearch: {%s}\n"
SPACE = HEAD + "space:\n  optimizer.lr: {float: [1e-5, 1e-1], log: true}\n"
BENT = HEAD + "space:\n  loss.name: [bce, focal]\n"
TWO = "metric: [val_auc, val_error], mode: [max, min]"
AT = "space.yaml:3"


def test_several_objectives_are_read(load_toy: Load) -> None:
    spec = load_toy(space=SPACE % TWO).spec
    assert (spec.metric, spec.mode) == (["val_auc", "val_error"], ["max", "min"])


def test_several_objectives_can_be_given_on_the_command_line(load_toy: Load) -> None:
    spec = load_toy("search.metric=[val_auc,val_error]", "search.mode=[max,min]").spec
    assert (spec.metric, spec.mode) == (["val_auc", "val_error"], ["max", "min"])


WRONG: list[tuple[str, list[str]]] = [
    (
        "metric: [val_auc, val_error], mode: [max]",
        [
            f"{AT}:40: search.mode: needs at least 2 items, found 1",
            f"{AT}:40: search.mode: needs one mode for each of the 2 metrics; write mode: "
            "[max, min]",
        ],
    ),
    (
        "metric: [val_auc, val_error], mode: max",
        [f"{AT}:40: search.mode: needs one mode for each of the 2 metrics; write mode: [max, min]"],
    ),
    (
        "metric: val_auc, mode: [max, min]",
        [f"{AT}:27: search.mode: is a list, but search.metric is one; write mode: max"],
    ),
    (
        "metric: [val_auc], mode: [max]",
        [
            f"{AT}:10: search.metric: needs at least 2 items, found 1",
            f"{AT}:29: search.mode: needs at least 2 items, found 1",
        ],
    ),
    (
        "metric: [val_auc, val_auc], mode: [max, max]",
        [f"{AT}:28: search.metric[1]: 'val_auc' is named twice; name each objective once"],
    ),
    (
        "metric: [val_auc, val_eror], mode: [max, min]",
        [
            f"{AT}:28: search.metric[1]: 'val_eror' is not reported; reported: val_auc, val_loss, "
            "val_error; did you mean 'val_error'?"
        ],
    ),
    (
        "metric: [val_auc, val_error], mode: [max, max]",
        [f"{AT}:52: search.mode[1]: val_error is better when it is smaller; write mode: min"],
    ),
    (
        "metric: [val_auc, val_error], mode: [max, mix]",
        [f"{AT}:52: search.mode[1]: must be 'min' or 'max', found 'mix'; did you mean 'min'?"],
    ),
    (
        "metric: [val_auc, 3], mode: [max, min]",
        [f"{AT}:28: search.metric[1]: expected text, found the number 3"],
    ),
    (
        "metric: 3, mode: max",
        [f"{AT}:10: search.metric: expected text, found the number 3"],
    ),
    (
        "metric: [val_auc, val_error, val_loss, x], mode: [max, min, min, max]",
        [
            f"{AT}:10: search.metric: needs at most 3 items, found 4",
            f"{AT}:49: search.metric[3]: 'x' is not reported; reported: val_auc, val_loss, "
            "val_error",
            f"{AT}:53: search.mode: needs at most 3 items, found 4",
        ],
    ),
]


@pytest.mark.parametrize(("search", "said"), WRONG, ids=[row[0] for row in WRONG])
def test_a_wrong_objective_is_refused_at_its_place(
    refused: Refused, search: str, said: list[str]
) -> None:
    assert sorted(refused(space=SPACE % search).split("\n")) == sorted(said)


def test_each_metric_is_a_fair_measure(refused: Refused) -> None:
    said = refused(space=BENT % "metric: [val_auc, val_loss], mode: [max, min]")
    assert said == (
        f"{AT}:28: search.metric[1]: val_loss is no fair measure here: its scale is bent by the "
        "searched loss.name; choose one that is not: val_auc, val_error"
    )


SAMPLERS = "several need random, tpe, gp, nsga2, grid"
SCHEDULERS = "several need asha, none"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            "sampler: {name: cmaes}",
            "search.sampler.name: cmaes knows one objective alone: it moves its points towards "
            f"better values of one number; {SAMPLERS}",
        ),
        (
            "scheduler: {name: median}",
            "search.scheduler.name: median knows one objective alone: it stops trials below the "
            f"median of one number; {SCHEDULERS}",
        ),
        (
            "scheduler: {name: hyperband}",
            "search.scheduler.name: hyperband knows one objective alone: its brackets keep the "
            f"best trials by one number; {SCHEDULERS}",
        ),
        (
            "scheduler: {name: pbt, mutate: [optimizer.lr]}",
            "search.scheduler.name: pbt knows one objective alone: the worst trials by one number "
            f"copy the best; {SCHEDULERS}",
        ),
    ],
)
def test_what_knows_one_objective_alone_is_refused(
    refused: Refused, load_toy: Load, more: str, said: str
) -> None:
    place, _, message = refused(space=SPACE % f"{TWO}, {more}").partition(": ")
    assert message == said
    # the name itself, where the option is written
    assert place == f"{AT}:{10 + len(f'{TWO}, {more}'[: f'{TWO}, {more}'.index('name')])}"
    assert load_toy(space=SPACE % f"metric: val_auc, mode: max, {more}")


@pytest.mark.parametrize(
    "more",
    [
        *(f"sampler: {{name: {name}}}" for name in ("random", "tpe", "gp", "nsga2")),
        *(f"scheduler: {{name: {name}}}" for name in ("asha", "none")),
    ],
)
def test_what_can_compare_several_is_accepted(load_toy: Load, more: str) -> None:
    assert load_toy(space=SPACE % f"{TWO}, {more}").notes == ()
