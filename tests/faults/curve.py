"""The curve of the witness trainable in closed form: what a report must be, whoever trained it."""

from __future__ import annotations

import math


def drift(seed: int, x: float, epoch: int) -> float:
    """The running state after an epoch: a half of the one before, and x/epoch more."""
    halvings = [0.5 ** (epoch - i) for i in range(epoch + 1)]
    grown = math.fsum(halvings[i] / i for i in range(1, epoch + 1))
    return seed % 1000 / 1000 * halvings[0] + x * grown


def grown(before: float, x: float, epoch: int) -> float:
    """The running state after an epoch, from the one before it."""
    return before / 2 + x / epoch


def hill(x: float, y: float, epoch: int) -> float:
    """What the score is without the drift."""
    return 1 - (x - 0.6) ** 2 - (epoch - 3 - 4 * y) ** 2 / 100


def score(seed: int, x: float, y: float, epoch: int) -> float:
    """A hill over the epochs whose top y moves, less the distance of x from 0.6, and some drift."""
    return hill(x, y, epoch) + drift(seed, x, epoch) / 10
