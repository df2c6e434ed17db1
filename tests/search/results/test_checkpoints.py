from __future__ import annotations

import hashlib
import math
from dataclasses import replace
from pathlib import Path

import pytest

from search.results.checkpoints import (
    LAST_KEPT,
    CheckpointStore,
    delete,
    is_intact,
    with_earlier,
)
from search.results.trials import Checkpoint, Objective

NAN = math.nan


class Writer:
    """Commits one file an epoch; a file holds its epoch as text."""

    def __init__(self, folder: Path, mode: str = "max", keep: int = 1, last: int = 1) -> None:
        self.directory = folder / "trials" / "00000"
        self.directory.mkdir(parents=True)
        objective = Objective("score", mode)
        self.store = CheckpointStore(folder, self.directory, objective, keep, last=last)

    def commit(self, *values: float, first: int = 1) -> list[int]:
        kept: tuple[Checkpoint, ...] = ()
        for epoch, value in enumerate(values, start=first):
            file = self.directory / "writing"
            file.write_text(str(epoch))
            kept = self.store.commit(file, epoch, value)
        return [checkpoint.epoch for checkpoint in kept]

    def on_disk(self) -> list[str]:
        return sorted(path.name for path in self.directory.iterdir())


def test_a_committed_file_is_renamed_and_hashed(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    writer.commit(0.5)
    (kept,) = writer.store.kept
    expected = hashlib.sha256(b"1").hexdigest()
    assert kept == Checkpoint("trials/00000/epoch=0001.ckpt", 1, 0.5, expected)
    assert (tmp_path / kept.path).read_text() == "1"
    assert writer.on_disk() == ["epoch=0001.ckpt"]


@pytest.mark.parametrize(
    ("mode", "keep", "values", "epochs"),
    [
        ("max", 1, [0.1, 0.9, 0.3], [2, 3]),
        ("min", 1, [0.1, 0.9, 0.3], [1, 3]),
        ("max", 2, [0.1, 0.9, 0.5, 0.2], [2, 3, 4]),
        ("max", 1, [0.5, 0.5, 0.5], [1, 3]),
        ("max", 1, [0.1, 0.2, 0.3], [3]),
        ("max", 0, [0.9, 0.1], [2]),
        ("max", -1, [0.9, 0.1, 0.5], [1, 2, 3]),
        ("min", 1, [0.3, NAN, 0.5], [1, 3]),
        ("min", 1, [0.3, NAN], [1, 2]),
        ("max", 1, [0.3, NAN, NAN], [1, 3]),
        ("min", 1, [NAN, 0.3, 0.4], [2, 3]),
        ("min", 1, [0.3, -math.inf, 0.4], [1, 3]),
    ],
)
def test_the_best_and_the_last_are_kept(
    tmp_path: Path, mode: str, keep: int, values: list[float], epochs: list[int]
) -> None:
    assert Writer(tmp_path, mode, keep).commit(*values) == epochs


def test_a_running_trial_keeps_one_before_the_last(tmp_path: Path) -> None:
    assert LAST_KEPT == 2
    assert Writer(tmp_path, last=LAST_KEPT).commit(0.9, 0.1, 0.2, 0.3) == [1, 3, 4]


def test_a_store_deletes_nothing(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    assert writer.commit(0.1, 0.2) == [2]
    assert writer.on_disk() == ["epoch=0001.ckpt", "epoch=0002.ckpt"]


def test_what_is_let_go_is_deleted_and_may_be_gone_already(tmp_path: Path) -> None:
    writer = Writer(tmp_path, keep=-1)
    writer.commit(0.1, 0.2)
    first, second = writer.store.kept
    delete(tmp_path, [first])
    delete(tmp_path, [first])
    assert writer.on_disk() == [Path(second.path).name]


def test_an_epoch_that_is_trained_again_replaces_its_file(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    writer.commit(0.1, 0.2)
    assert writer.commit(0.5, 0.4, first=2) == [2, 3]
    assert all(is_intact(tmp_path, checkpoint) for checkpoint in writer.store.kept)


def test_a_trial_with_anothers_weights_has_what_it_had_before_them(tmp_path: Path) -> None:
    # It had trained three epochs, was given weights of epoch 1, and has trained epoch 2 with them.
    writer = Writer(tmp_path, keep=-1)
    writer.commit(0.1, 0.2, 0.3)
    first, second, _ = writer.store.kept
    again = replace(second, sha256="another")
    assert with_earlier(writer.store.kept, (again,), epoch=2) == (first, again)
    # Of what it keeps itself, nothing is there twice.
    assert with_earlier((first, again), (first, again), epoch=3) == (first, again)


def test_a_store_goes_on_from_what_was_kept(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    writer.commit(0.1, 0.9)
    again = CheckpointStore(
        tmp_path, writer.directory, Objective("score", "max"), kept=writer.store.kept, last=1
    )
    writer.store = again
    assert writer.commit(0.2, 0.3, first=3) == [2, 4]


def _flip_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[500] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize(
    "damage",
    [
        _flip_a_bit,
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:-1]),
    ],
    ids=["one bit", "missing", "empty", "cut short"],
)
def test_damage_is_found(tmp_path: Path, damage: object) -> None:
    writer = Writer(tmp_path)
    file = writer.directory / "writing"
    file.write_bytes(bytes(range(256)) * 4)
    (kept,) = writer.store.commit(file, 1, 0.5)
    assert is_intact(tmp_path, kept)
    assert callable(damage)
    damage(tmp_path / kept.path)
    assert not is_intact(tmp_path, kept)
