"""Checkpoint files: written from plain values, read without running any code in them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from trainables.contract import ConfigError

if TYPE_CHECKING:
    from lightning.pytorch import LightningModule

KEY = "checkpointing.load_checkpoint"

HYPER_PARAMETERS = frozenset({"hyper_parameters", "datamodule_hyper_parameters"})
"""Parts of a checkpoint that are there to be read by people only."""


def read_checkpoint(path: Path, key: str = KEY) -> dict[str, Any]:
    """What a Lightning checkpoint holds.

    **Raises** ConfigError if the file is missing, damaged or no Lightning checkpoint.
    """
    if not path.is_file():
        raise ConfigError(key, f"{path} does not exist")
    try:
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise ConfigError(key, f"{path} is damaged or no safe checkpoint: {reason}") from error
    if not isinstance(checkpoint, dict) or "state_dict" not in checkpoint:
        raise ConfigError(key, f"{path} is no checkpoint of Lightning: it has no state_dict")
    return checkpoint


def load_weights(
    module: LightningModule, path: Path, keep: tuple[str, ...] = (), key: str = KEY
) -> None:
    """Put a checkpoint's weights into a module, except those whose names begin with one of `keep`.

    **Raises** ConfigError if the checkpoint is of another network.
    """
    given, own = read_checkpoint(path, key)["state_dict"], module.state_dict()
    state = {name: value for name, value in given.items() if not name.startswith(keep)}
    kept = {name: value for name, value in own.items() if name.startswith(keep)}
    try:
        module.load_state_dict(state | kept)
    except RuntimeError as error:
        reason = " ".join(str(error).split())[:300]
        raise ConfigError(key, f"{path} does not fit this config's network: {reason}") from error


def plain(value: Any) -> Any:
    """A copy in which numpy values, paths and odd mappings became what a safe checkpoint may hold.

    A numpy scalar as a learning rate is enough to make a checkpoint unreadable with
    `weights_only=True`.
    """
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items()}
    if type(value) in (list, tuple):
        return type(value)(plain(part) for part in value)
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return torch.from_numpy(value.copy())
    return str(value) if isinstance(value, Path) else value


def textual(value: Any) -> Any:
    """A copy in which everything that is neither plain nor a tensor became its text."""
    if isinstance(value, dict):
        return {str(key): textual(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [textual(part) for part in value]
    simple = value is None or type(value) in (bool, int, float, str)
    return value if simple or isinstance(value, torch.Tensor) else str(value)
