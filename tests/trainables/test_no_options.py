from __future__ import annotations

import inspect

import pytest
from pydantic import ValidationError

from trainables.no_options import NO_OPTIONS
from trainables.sections import TrainerSection


def arguments() -> set[str]:
    from lightning.pytorch import Trainer

    # Lightning wraps its __init__ by a decorator that keeps the signature
    return set(inspect.signature(Trainer.__init__).parameters) - {"self"}


def test_every_argument_of_lightning_s_trainer_is_an_option_or_has_a_reason_why_not() -> None:
    options = set(TrainerSection.model_fields)
    assert arguments() == (options & arguments()) | (set(NO_OPTIONS) & arguments())
    assert not options & set(NO_OPTIONS)


def test_only_the_seed_is_no_argument_of_lightning_s_trainer() -> None:
    assert set(NO_OPTIONS) - arguments() == {"seed"}


@pytest.mark.parametrize("name", NO_OPTIONS)
def test_each_is_refused_with_its_reason(name: str) -> None:
    with pytest.raises(ValidationError) as error:
        TrainerSection.model_validate({name: 1})
    (told,) = error.value.errors()
    assert told["loc"] == (name,)
    assert told["msg"] == f"{name!r} is no option here: {NO_OPTIONS[name]}"


def test_all_of_them_are_told_at_once() -> None:
    with pytest.raises(ValidationError) as error:
        TrainerSection.model_validate({"accelerator": "gpu", "devices": 2})
    assert {told["loc"] for told in error.value.errors()} == {("accelerator",), ("devices",)}
