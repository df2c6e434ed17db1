"""F21, F22: searches at the same time, in one folder or beside one tracking store."""

from __future__ import annotations

import os
import random
import time

import pytest

from search.exits import Exit
from tests.faults.given import Begin, Judge, Reference
from tests.faults.seeds import seeds
from tests.faults.setup import Setup


@pytest.mark.row("F21", "two searches of one name at once")
@pytest.mark.parametrize("seed", seeds())
def test_one_of_two_searches_is_refused(
    begin: Begin, judge: Judge, reference: Reference, seed: int
) -> None:
    chosen = random.Random(f"F21/{seed}")
    pair = [begin(Setup(seed=seed)), begin(Setup(seed=seed))]
    for search in pair:
        search.storage, search.space = pair[0].storage, pair[0].space
        search.witness = pair[0].witness
        search.start()
        time.sleep(chosen.uniform(0.0, 0.05))
    while all(search.is_running() for search in pair):
        time.sleep(0.05)
    loser, winner = sorted(pair, key=lambda search: search.is_running())
    assert loser.wait(Exit.LOCKED) == Exit.LOCKED, loser.output()
    assert f"process {winner.find('driver')} on {os.uname().nodename}" in loser.output()
    if seed:
        assert winner.wait_for_epochs(chosen.randint(1, 8)), winner.output()
        assert winner.kill("driver")
        # At once: the lock of a dead process must be free.
    winner.finish()
    judge(winner.evidence(winner.setup.expected(reference(seed))))


@pytest.mark.row("F22", "three searches at once on one fresh MLflow store")
@pytest.mark.faults
@pytest.mark.parametrize("seed", seeds(most=3))
def test_searches_share_a_fresh_tracking_store(begin: Begin, judge: Judge, seed: int) -> None:
    searches = [
        begin(Setup(seed=seed, name=f"toy-{letter}", max_epochs=4), "--no-dashboard")
        for letter in "abc"
    ]
    for search in searches:
        search.storage = searches[0].storage
        search.start()
    for search in searches:
        assert search.wait(0, seconds=600) == 0, search.output()
        assert "MLflow is behind" not in search.output()
    store = f"sqlite:///{searches[0].storage}/mlflow.db"
    for search in searches:
        judge(search.evidence(search.setup.expected(tracking=store)))
