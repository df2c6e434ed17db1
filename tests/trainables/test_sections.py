from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from trainables.contract import ConfigError
from trainables.sections import EarlyStopping, Logging, TrainerSection, check_ending
from trainables.signal import METRICS

IDLE: list[tuple[dict[str, Any], str]] = [
    ({"gradient_clip_algorithm": "value"}, "gradient_clip_algorithm: 'value' has no effect"),
    (
        {"precision": 64, "float32_matmul_precision": "high"},
        "float32_matmul_precision: 'high' has no effect with precision 64",
    ),
    (
        {"precision": "bf16-true", "float32_matmul_precision": "medium"},
        "float32_matmul_precision: 'medium' has no effect with precision bf16-true",
    ),
    ({"min_epochs": 5, "max_epochs": 4}, r"min_epochs: 5 is more than max_epochs \(4\)"),
    ({"limit_train_batches": 2.0}, "limit_train_batches: 2.0 is no share.* write 2 for so many"),
    ({"limit_val_batches": 1.5}, "limit_val_batches: 1.5 is no share"),
    ({"limit_val_batches": 0}, "greater than 0"),
]


@pytest.mark.parametrize(("given", "said"), IDLE, ids=lambda part: str(part)[:50])
def test_what_cannot_act_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        TrainerSection.model_validate(given)


@pytest.mark.parametrize(
    "given",
    [
        {"precision": "bf16-mixed", "float32_matmul_precision": "high"},
        {"gradient_clip_algorithm": "norm"},
        {"gradient_clip_algorithm": "value", "gradient_clip_val": 0.1},
        {"limit_train_batches": 3, "limit_val_batches": 1.0},
        {"min_epochs": 4, "max_epochs": 4},
        {"num_sanity_val_steps": -1},
    ],
    ids=str,
)
def test_what_can_act_is_an_option(given: dict[str, Any]) -> None:
    section = TrainerSection.model_validate(given)
    assert {name: getattr(section, name) for name in given} == given


def test_steps_are_logged_only_where_somebody_listens() -> None:
    with pytest.raises(ValidationError, match=r"log_every_n_steps: has no effect without logging"):
        Logging.model_validate({"log_every_n_steps": 10})


def test_least_epochs_need_something_that_could_end_a_trial_before() -> None:
    section = TrainerSection(min_epochs=3)
    with pytest.raises(ConfigError, match=r"^trainer\.min_epochs: has no effect without early"):
        check_ending(METRICS, section, None)
    check_ending(METRICS, section, EarlyStopping(monitor="val_auc"))
