"""What a probe says of `disco`: the penalty of a few made-up events, which tells options apart."""

from __future__ import annotations

import torch

from trainables.components.disco import Penalty
from trainables.components.disco_config import LARGEST_BATCH
from trainables.contract import ConfigError
from trainables.signal_config import Config

_EVENTS = 24


def describe(config: Config) -> str:
    """**Raises** ConfigError where a batch would need too much memory."""
    disco = config.disco
    if disco is None or disco.lambda_ == 0:
        return "None"
    if config.data.batch_size > LARGEST_BATCH:
        message = (
            f"disco compares all pairs of a batch, and {config.data.batch_size} rows need too much "
            f"memory; {LARGEST_BATCH} are the most"
        )
        raise ConfigError("data.batch_size", message)
    classes = config.classes()
    numbers = disco.numbers(classes)
    generator = torch.Generator().manual_seed(0)
    shape = (_EVENTS,) if len(classes) == 2 else (_EVENTS, len(classes))
    logits, variable, weights = (
        torch.randn(size, generator=generator, dtype=torch.double)
        for size in (shape, (_EVENTS, 1), (_EVENTS,))
    )
    labels = torch.full((_EVENTS,), numbers[0])
    value = Penalty(disco, numbers)(logits, labels, weights.abs(), variable)
    where = f"{', '.join(sorted(set(disco.variables)))} on classes {numbers}"
    return f"{disco.lambda_!r} x {value.item()!r} of {where}"
