"""A trial whose last epoch was committed ends alike, whether or not its search lived to say so."""

from __future__ import annotations

import math

import pytest

from search.engine.endings import committed_ending, left_by
from search.engine.record_words import Committed
from search.results.trials import Checkpoint, Objective, Report, State

SCORE = Objective("score", "max")


def epochs(*values: float, last: str | None = None, keep: int = 1) -> tuple[Committed, ...]:
    """Epochs that kept all their checkpoints so far, as a running trial under keep -1 does."""
    kept = tuple(Checkpoint(f"{n}", n, value, "") for n, value in enumerate(values, start=1))
    return tuple(
        Committed(
            Report(n, 1.0, {"score": value}),
            value,
            kept[:n],
            last if n == len(values) else None,
            keep,
        )
        for n, value in enumerate(values, start=1)
    )


def test_a_trial_in_the_midst_of_its_training_has_no_end() -> None:
    assert committed_ending(epochs(0.1, 0.2), SCORE) is None
    assert committed_ending((), SCORE) is None


@pytest.mark.parametrize("state", [State.COMPLETE, State.STOPPED])
def test_an_ended_trial_keeps_its_best_and_its_last(state: State) -> None:
    ending = committed_ending(epochs(0.1, 0.9, 0.2, 0.3, last=state.value), SCORE)
    assert ending is not None
    assert (ending.state, ending.cause) == (state, None)
    assert [checkpoint.epoch for checkpoint in ending.kept] == [2, 4]


def test_a_diverged_trial_says_at_which_epoch() -> None:
    ending = committed_ending(epochs(0.1, math.nan, last="diverged"), SCORE)
    assert ending is not None
    assert (ending.state, ending.cause) == (State.DIVERGED, "score was nan at epoch 2")


def test_a_trial_that_keeps_all_keeps_all() -> None:
    assert [c.epoch for c in left_by(epochs(0.3, 0.1, 0.2, keep=-1), SCORE)] == [1, 2, 3]
