"""The invariants of a search that was disturbed: what must hold whatever died, and when."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.faults.counting import every_trial_once, no_committed_epoch_again, progress_never_falls
from tests.faults.evidence import Evidence
from tests.faults.remains import nothing_left, told_how_to_go_on, tracked_alike
from tests.faults.values import same_decisions, same_table, sound_checkpoints

INVARIANTS: dict[str, Callable[[Evidence], Iterator[str]]] = {
    "I1": every_trial_once,
    "I2": no_committed_epoch_again,
    "I3": same_table,
    "I4": sound_checkpoints,
    "I5": tracked_alike,
    "I6": nothing_left,
    "I7": told_how_to_go_on,
    "I8": progress_never_falls,
    "I9": same_decisions,
}


def violations(evidence: Evidence) -> list[str]:
    """Every way in which an invariant does not hold, each as a sentence with its figures."""
    return [
        f"{name}: {sentence}"
        for name, invariant in INVARIANTS.items()
        for sentence in invariant(evidence)
    ]
