"""Derived seeds: the same in every process, on every machine and after every resume."""

from __future__ import annotations

from hashlib import blake2b

SEEDS = 2**31
"""Seeds lie below this, which NumPy, torch and Lightning all take."""


def trial_seed(search_seed: int, number: int) -> int:
    """The seed of a trial, from the seed of its search and its number."""
    return _derived(f"{search_seed}:{number}")


def sampler_seed(search_seed: int, asked: int) -> int:
    """The seed of the sampler for one question, from the number of points asked before."""
    return _derived(f"{search_seed}:sampler:{asked}")


def _derived(text: str) -> int:
    digest = blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % SEEDS
