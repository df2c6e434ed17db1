"""What is odd in a table but no mistake, for its user to know."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_SHOWN = 10


def of_classes(left_out: Sequence[str], n_rows: int) -> Iterator[str]:
    """Rows of classes that nobody named."""
    if left_out:
        more = f" and {len(left_out) - _SHOWN} more" if len(left_out) > _SHOWN else ""
        yield (
            f"data.classes: {n_rows} rows of other labels ({', '.join(left_out[:_SHOWN])}{more}) "
            "are left out"
        )


def of_weights(column: str | None, weights: Floats | None) -> Iterator[str]:
    """Negative event weights, as generators at next-to-leading order give them.

    **Shapes** [N], as they are in the file.
    """
    n_negative = 0 if weights is None else int((weights < 0).sum())
    if weights is not None and n_negative:
        yield (
            f"data.weight: column {column!r} is negative in {n_negative} of {len(weights)} rows, "
            "which count as 0 in training and in every metric"
        )


def of_spectators(names: Sequence[str], spectators: Mapping[str, str]) -> Iterator[str]:
    """Columns that the network would see, were they not carried along; each with its key."""
    if names:
        keys = ", ".join(dict.fromkeys(spectators[name] for name in names))
        verb = "is" if len(names) == 1 else "are"
        yield (
            f"data.features: {', '.join(names)} {verb} taken out of what the network sees, as "
            f"named by {keys}; list data.features to have it otherwise"
        )


def of_features(names: Sequence[str], values: Floats) -> Iterator[str]:
    """Columns that say nothing. **Shapes** values [N, F] of the training part."""
    spreads = values.max(axis=0) - values.min(axis=0)
    constant = [name for name, spread in zip(names, spreads, strict=True) if spread == 0]
    if constant:
        more = f" and {len(constant) - _SHOWN} more" if len(constant) > _SHOWN else ""
        verb = "is" if len(constant) == 1 else "are"
        yield (
            f"data.features: {', '.join(constant[:_SHOWN])}{more} {verb} the same in every "
            "training row, from which nothing can be learned; leave out what is not meant"
        )
