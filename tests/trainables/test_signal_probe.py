from __future__ import annotations

from typing import Any

import pytest

from trainables.contract import ConfigError
from trainables.signal import Config, probe


def described(**sections: Any) -> dict[str, str]:
    return dict(probe(Config.model_validate(sections)))


def with_rate(rate: float, **sections: Any) -> dict[str, str]:
    return described(optimizer={"name": "SGD", "lr": rate}, **sections)


ABSOLUTE: list[dict[str, Any]] = [
    {"name": "OneCycleLR", "max_lr": 0.01},
    {"name": "CyclicLR", "base_lr": 0.001, "max_lr": 0.01, "cycle_momentum": False},
    {"name": "cosine", "max_lr": 0.01},
    {"name": "linear", "max_lr": 0.01},
    {"name": "rex", "max_lr": 0.01},
    {"name": "cosine_annealing_with_warmup", "max_lr": 0.01},
]


@pytest.mark.parametrize("scheduler", ABSOLUTE, ids=lambda part: str(part["name"]))
def test_a_schedule_of_absolute_rates_makes_the_rate_a_dead_knob(scheduler: dict[str, Any]) -> None:
    assert with_rate(1e-5, scheduler=scheduler) == with_rate(1e-1, scheduler=scheduler)


@pytest.mark.parametrize(
    "scheduler",
    [
        None,
        {"name": "ReduceLROnPlateau"},
        {"name": "CosineAnnealingLR"},
        {"name": "ExponentialLR", "gamma": 0.9},
        {"name": "AttentionWarmup"},
        {"name": "SqrtExpWarmup"},
        {"name": "CosineWarmup"},
        {"name": "LinearWarmup"},
        {"name": "chebyshev"},
    ],
)
def test_any_other_schedule_leaves_the_rate_alive(scheduler: Any) -> None:
    assert with_rate(1e-5, scheduler=scheduler) != with_rate(1e-1, scheduler=scheduler)


def test_a_cycled_momentum_is_a_dead_knob() -> None:
    texts = [
        described(
            optimizer={"name": "SGD", "momentum": momentum},
            scheduler={"name": "OneCycleLR", "max_lr": 0.01},
        )
        for momentum in (0.1, 0.9)
    ]
    assert texts[0] == texts[1]


def test_a_rate_that_the_optimizer_ignores_is_a_dead_knob() -> None:
    # A2Grad derives its step from its own constants; its `lr` reaches nothing.
    texts = [described(optimizer={"name": "a2grad", "lr": rate}) for rate in (1e-5, 1e-1)]
    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    ("section", "first", "second"),
    [
        ("optimizer", {"name": "SGD", "momentum": 0.5}, {"name": "SGD", "momentum": 0.9}),
        ("optimizer", {"name": "AdamW", "betas": [0.9, 0.99]}, {"name": "AdamW"}),
        ("loss", {"name": "SigmoidFocalLoss", "gamma": 1.0}, {"name": "SigmoidFocalLoss"}),
        ("architecture", {"name": "mlp", "dropout": 0.1}, {"name": "mlp", "dropout": 0.2}),
        ("architecture", {"name": "mlp", "activation": "elu"}, {"name": "mlp"}),
        ("trainer", {"gradient_clip_val": 0.1}, {"gradient_clip_val": 1.0}),
        ("trainer", {"precision": "bf16-true"}, {"precision": "bf16-mixed"}),
        ("trainer", {"limit_train_batches": 1}, {"limit_train_batches": 1.0}),
        ("trainer", {"reduce_lr_on_epoch": 0.9}, {"reduce_lr_on_epoch": 0.8}),
        ("data", {"batch_size": 64}, {"batch_size": 128}),
    ],
)
def test_a_live_knob_changes_the_description(section: str, first: Any, second: Any) -> None:
    assert described(**{section: first}) != described(**{section: second})


@pytest.mark.parametrize("short", [32, "32", 64, "64"])
def test_two_names_of_a_precision_are_no_choice(short: Any) -> None:
    assert described(trainer={"precision": short}) == described(
        trainer={"precision": f"{short}-true"}
    )


def test_the_watched_metric_must_be_reported() -> None:
    with pytest.raises(ConfigError, match=r"early_stopping\.monitor.*did you mean 'val_auc'"):
        described(early_stopping={"monitor": "val_acu"})
