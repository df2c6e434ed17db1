"""What its user should know of `disco` on this data, before the first trial."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import TYPE_CHECKING

from trainables.components.disco_config import BIAS, FEWEST

if TYPE_CHECKING:
    from trainables.rows import Table
    from trainables.signal_config import Config


def notes(config: Config, table: Table) -> Iterator[str]:
    """Batches in which independent numbers look dependent."""
    disco = config.disco
    if disco is None or disco.lambda_ == 0 or disco.form == "unbiased":
        return
    numbers = disco.numbers(config.classes())
    share = sum((table.train.labels == number).mean() for number in numbers)
    n_events = int(config.data.batch_size * share)
    if n_events < FEWEST:
        bias = BIAS / max(1, n_events)
        yield (
            f"disco: a batch of {config.data.batch_size} rows holds about {n_events} events of its "
            f"classes, on which independent numbers have a distance correlation of {bias:.2g} "
            f"(3 / N), counted {disco.lambda_:g} times; write disco.form: unbiased, or a "
            f"data.batch_size of {ceil(FEWEST / share)} or more"
        )
