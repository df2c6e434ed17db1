"""What a search improves, whether that is one number or several: what every part asks of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from search.results.fronts import Vector

if TYPE_CHECKING:
    from search.results.trials import Checkpoint, Objective, Report, Start, TrialRecord

Worth = float | Vector
"""What an epoch is worth: the value of the objective, or the values of several; else NaN."""


def is_finite(worth: Worth) -> bool:
    """Whether a worth is one; the values of several objectives are finite, or there are none."""
    return not isinstance(worth, float) or math.isfinite(worth)


def worth_of(plain: float | Sequence[float]) -> Worth:
    """A worth as it was before it became JSON."""
    return plain if isinstance(plain, float | int) else tuple(plain)


class Course(Protocol):
    """How a running trial stands by its goal, one epoch after the other."""

    @property
    def best(self) -> Worth:
        """The worth of its best epoch so far; NaN if it has none."""
        ...

    def take(self, metrics: Mapping[str, float]) -> Worth:
        """One more epoch is finished; what its checkpoint is to be kept for."""
        ...


class Goal(Protocol):
    """What a search improves: an `Objective`, or several of them in a `TradeOff`."""

    @property
    def parts(self) -> tuple[Objective, ...]:
        """The objectives, in the order of the space file."""
        ...

    @property
    def metrics(self) -> tuple[str, ...]:
        """Their metrics."""
        ...

    def course(self, start: Start) -> Course:
        """How a trial stands that goes on from a start."""
        ...

    def front(self, reports: Sequence[Report]) -> tuple[Vector, ...]:
        """What a later attempt must know of the epochs before it (`Start.front`)."""
        ...

    def best_report(self, reports: Sequence[Report]) -> Report | None:
        """The epoch that stands for a trial; None if no epoch can."""
        ...

    def best_first(self, checkpoints: Sequence[Checkpoint]) -> list[Checkpoint]:
        """The checkpoints of a trial that are worth keeping, the best first."""
        ...

    def best_checkpoint(
        self, checkpoints: Sequence[Checkpoint], reports: Sequence[Report]
    ) -> Checkpoint | None:
        """The one of these checkpoints that is exported."""
        ...

    def placed(self, trials: Sequence[TrialRecord]) -> list[tuple[int, TrialRecord]]:
        """Trials that all have a best report, in order, each with its rank."""
        ...
