from __future__ import annotations

from typing import Any

import pytest

from trainables.contract import ConfigError
from trainables.fake_factor.loss_config import LOSSES
from trainables.fake_factor.stages import STAGES
from trainables.fakes import Config, probe


def described(**sections: Any) -> dict[str, str]:
    return dict(probe(Config.model_validate(sections)))


def changed_by(first: dict[str, Any], second: dict[str, Any]) -> set[str]:
    """The sections whose description differs between two configs."""
    one, other = described(**first), described(**second)
    return {name for name in one if one[name] != other[name]}


SHARED: list[tuple[str, Any, Any]] = [
    ("architecture", {"width": 8}, {"width": 9}),
    ("loss", {"w_lambda": 0.01}, {"w_lambda": 0.02}),
    ("loss", {"balanced": True}, {"balanced": False}),
    ("loss", {"ess_lambda": 0.01}, {"ess_lambda": 0.02}),
    ("loss", {"name": "bregman", "power": 0.5}, {"name": "bregman", "power": 0.6}),
    ("loss", {"name": "kliep", "output": "exp"}, {"name": "kliep"}),
    ("optimizer", {"lr": 0.01}, {"lr": 0.02}),
    ("scheduler", {"name": "StepLR", "step_size": 1}, {"name": "StepLR", "step_size": 2}),
    ("ensemble", {"size": 2}, {"size": 3}),
    ("ensemble", {"size": 2, "poisson_bootstrap": True}, {"size": 2}),
    ("data", {"batch_size": 64}, {"batch_size": 128}),
    ("trainer", {"gradient_clip_val": 1.0}, {"gradient_clip_val": 2.0}),
    ("trainer", {"reduce_lr_on_epoch": 0.9}, {"reduce_lr_on_epoch": 0.8}),
]


@pytest.mark.parametrize(("section", "first", "second"), SHARED)
def test_a_shared_key_reaches_every_network(section: str, first: Any, second: Any) -> None:
    assert changed_by({section: first}, {section: second}) == set(STAGES)


@pytest.mark.parametrize(
    ("own", "first", "second"),
    [
        ("optimizer", {"lr": 0.01}, {"lr": 0.02}),
        ("architecture", {"depth": 1}, {"depth": 2}),
        ("loss", {"name": "kliep"}, {"name": "lsif"}),
        ("scheduler", {"name": "AttentionWarmup"}, {"name": "none"}),
        ("ensemble", {"size": 2}, {"size": 3}),
        ("batch_size", 64, 128),
        ("gradient_clip_val", 1.0, 2.0),
    ],
)
@pytest.mark.parametrize("name", STAGES)
def test_a_key_of_a_stage_reaches_its_network_alone(
    name: str, own: str, first: Any, second: Any
) -> None:
    assert changed_by({name: {own: first}}, {name: {own: second}}) == {name}


@pytest.mark.parametrize(
    ("shared", "key", "own"),
    [
        ({"optimizer": {"lr": 0.01}}, {"optimizer": {"lr": 0.02}}, {"optimizer": {"lr": 0.5}}),
        ({"loss": {"name": "bce"}}, {"loss": {"name": "exp"}}, {"loss": {"name": "kliep"}}),
        ({"data": {"batch_size": 64}}, {"data": {"batch_size": 99}}, {"batch_size": 32}),
        (
            {"trainer": {"gradient_clip_val": 1.0}},
            {"trainer": {"gradient_clip_val": 2.0}},
            {"gradient_clip_val": 3.0},
        ),
        (
            {"architecture": {"width": 8}},
            {"architecture": {"width": 9}},
            {"architecture": {"width": 4}},
        ),
    ],
)
def test_a_shared_key_that_every_stage_has_otherwise_is_a_dead_knob(
    shared: Any, key: Any, own: Any
) -> None:
    every = dict.fromkeys(STAGES, own)
    assert changed_by({**shared, **every}, {**key, **every}) == set()


def test_a_normalisation_of_mc_does_not_reach_a_ratio_of_data() -> None:
    first, second = ({"ensemble": {"size": 2, "mc_norm_sigma": s}} for s in (0.1, 0.2))
    assert changed_by(first, second) == {"tight", "loose"}
    by_mc = {"subtraction": {"use": "mc"}}
    assert changed_by({**first, **by_mc}, {**second, **by_mc}) == set(STAGES)


def test_without_mc_the_other_networks_and_the_subtraction_are_dead() -> None:
    alone = {"data": {"path": "own.csv", "is_data": None}}
    assert list(described(**alone)) == [
        *("data", "subtraction", "ratio", "trainer", "early_stopping"),
        *("checkpointing", "logging"),
    ]
    for section in ({"tight": {"batch_size": 64}}, {"subtraction": {"clip_negative": True}}):
        assert changed_by(alone, {**alone, **section}) == set()


def test_two_names_of_one_loss_are_twins_and_no_others() -> None:
    texts = {name: described(loss={"name": name})["ratio"] for name in LOSSES}
    assert texts["bce"] == texts["logistic"]
    assert len(set(texts.values())) == len(LOSSES) - 1


@pytest.mark.parametrize(
    ("sections", "key"),
    [
        ({"optimizer": {"name": "SGD", "momentm": 0.5}}, "optimizer.momentm"),
        ({"ratio": {"optimizer": {"momentum": 0.5}}}, "ratio.optimizer.momentum"),
        ({"ratio": {"optimizer": {"name": "Adma"}}}, "ratio.optimizer.name"),
        ({"tight": {"scheduler": {"name": "StepLR"}}}, "tight.scheduler.step_size"),
        ({"loose": {"scheduler": {"name": "Stp"}}}, "loose.scheduler.name"),
        ({"scheduler": {"name": "none", "monitor": "nope"}}, "scheduler.monitor"),
        ({"tight": {"scheduler": {"name": "none", "gamma": 0.5}}}, "tight.scheduler.gamma"),
        ({"early_stopping": {"monitor": "val_clousre"}}, "early_stopping.monitor"),
        (
            {"data": {"path": "own.csv"}, "early_stopping": {"monitor": "val_ff_error"}},
            "early_stopping.monitor",
        ),
        (
            {
                "data": {"met": None},
                "scheduler": {"name": "ReduceLROnPlateau", "monitor": "val_closure_met"},
            },
            "scheduler.monitor",
        ),
    ],
)
def test_what_is_refused_is_told_where_it_was_written(sections: Any, key: str) -> None:
    with pytest.raises(ConfigError) as error:
        described(**sections)
    assert error.value.key == key


@pytest.mark.parametrize("names", [(32, "32-true"), ("32", 32), (64, "64-true")])
def test_two_names_of_one_precision_are_told_alike(names: tuple[Any, Any]) -> None:
    first, second = ({"trainer": {"precision": name}} for name in names)
    assert changed_by(first, second) == set()
    assert changed_by(first, {"trainer": {"precision": "bf16-mixed"}}) == {"trainer"}
