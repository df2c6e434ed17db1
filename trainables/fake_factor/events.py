"""Events with everything that is known of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Events:
    """Part of the events.

    **Shapes** features [N, F]; is_tight, is_data, weights, true_ff and each variable [N].
    """

    features: Floats
    is_tight: Flags
    is_data: Flags
    weights: Floats
    variables: Mapping[str, Floats]
    """What closure is judged in: `pt`, `eta` (its absolute value) and `met`, as far as named."""
    true_ff: Floats | None
    """NaN for events that have none; None if nothing is known."""

    def __len__(self) -> int:
        return len(self.weights)

    def take(self, rows: NDArray[np.int64] | Flags) -> Events:
        """The events of these rows."""
        return Events(
            self.features[rows],
            self.is_tight[rows],
            self.is_data[rows],
            self.weights[rows],
            {name: values[rows] for name, values in self.variables.items()},
            None if self.true_ff is None else self.true_ff[rows],
        )
