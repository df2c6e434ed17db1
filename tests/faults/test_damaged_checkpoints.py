"""F19: a checkpoint that is no longer what was written; the one before it is taken."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.cut_off import cut_off, flip, last_of, lose
from tests.faults.given import Begin, Judge, Reference
from tests.faults.seeds import seeds
from tests.faults.setup import Setup

Damage = Callable[[Path, random.Random], None]


def truncate(file: Path, chosen: random.Random) -> None:
    data = file.read_bytes()
    file.write_bytes(data[: chosen.randrange(1, len(data))])


def empty(file: Path, _: random.Random) -> None:
    file.write_bytes(b"")


def flip_a_bit(file: Path, chosen: random.Random) -> None:
    file.write_bytes(flip(file.read_bytes(), chosen))


def take_another_trials(file: Path, chosen: random.Random) -> None:
    others = sorted(f for f in file.parents[1].glob("*/*.ckpt") if f.parent != file.parent)
    others = others or sorted(f for f in file.parent.glob("*.ckpt") if f != file)
    file.write_bytes(chosen.choice(others).read_bytes())


def remove(file: Path, _: random.Random) -> None:
    file.unlink()


DAMAGES: tuple[Damage, ...] = (flip_a_bit, truncate, empty, take_another_trials, remove)


@pytest.mark.row("F19", "the last checkpoint is truncated, empty, flipped, another's, gone")
@pytest.mark.parametrize("seed", seeds())
def test_a_damaged_checkpoint_costs_an_epoch(
    begin: Begin, judge: Judge, reference: Reference, seed: int
) -> None:
    search = begin(Setup(seed=seed))
    # The first trial meets nobody at the rungs, so that it trains on: four epochs are its own.
    trial = cut_off(search, epochs=4)
    checkpoint, before = last_of(trial)
    file = search.place / checkpoint.path
    DAMAGES[seed % len(DAMAGES)](file, random.Random(f"F19/{seed}"))
    lose(search, trial, before)
    search.resume()
    search.finish()
    said = search.output() + (search.place / "search.log").read_text()
    assert str(file) in said, said
    judge(search.evidence(search.setup.expected(reference(seed))))


@pytest.mark.row("F19", "the whole folder of a trial is gone")
@pytest.mark.parametrize("seed", seeds(most=5))
def test_a_trial_without_any_checkpoint_begins_anew(
    begin: Begin, judge: Judge, reference: Reference, seed: int
) -> None:
    search = begin(Setup(seed=seed))
    trial = cut_off(search, epochs=4)
    shutil.rmtree((search.place / trial.checkpoints[0].path).parent)
    lose(search, trial, 0)
    search.resume()
    search.finish()
    judge(search.evidence(search.setup.expected(reference(seed))))
