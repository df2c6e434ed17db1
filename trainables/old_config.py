"""The config that a checkpoint was trained with, where a training goes on from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from trainables.checkpoint_file import KEY
from trainables.contract import ConfigError, TrialConfig

_Config = TypeVar("_Config", bound=TrialConfig)

_WEIGHTS_ALONE = "; set checkpointing.continue_training to false to start from its weights alone"


def old_config(checkpoint: Mapping[str, Any], kind: type[_Config]) -> _Config:
    """What the training that wrote a checkpoint was told.

    **Raises** ConfigError if the checkpoint does not say, if it is of another trainable, and if it
    holds the weights alone.
    """
    given = checkpoint.get("hyper_parameters", {}).get("config")
    if given is None:
        message = "it does not hold the config that it was trained with" + _WEIGHTS_ALONE
        raise ConfigError(KEY, message)
    if "optimizer_states" not in checkpoint or "lr_schedulers" not in checkpoint:
        message = "it holds no state of an optimizer that could go on" + _WEIGHTS_ALONE
        raise ConfigError(KEY, message)
    try:
        return kind.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        message = (
            "the config in it is of another trainable or version and cannot be continued "
            f"({place}: {first['msg']}); take a checkpoint of this trainable"
        )
        raise ConfigError(KEY, message) from error
