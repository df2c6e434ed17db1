"""F33: the checker finds every fault that is put into a good search by hand."""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.faults.checker import INVARIANTS, violations
from tests.faults.commits import committed
from tests.faults.evidence import End, Evidence, Kill, gather
from tests.faults.setup import NAME

pytestmark = pytest.mark.row("F33", "the checker itself: a good search, damaged by hand")


@pytest.fixture(scope="module")
def whole(uninterrupted: Callable[[int], Evidence]) -> Evidence:
    """A search that nothing happened to."""
    return uninterrupted(0)


class Copy:
    """A copy of the search to put a fault into."""

    def __init__(self, whole: Evidence, folder: Path) -> None:
        self._whole = whole
        self.folder = folder / NAME
        shutil.copytree(whole.folder, self.folder)
        self.witness = folder / "witness"
        shutil.copytree(whole.folder.parents[1] / "witness", self.witness)
        self.lines = self.witness / "lines.txt"
        self.longest = max(whole.result.trials, key=lambda trial: trial.epochs)
        """The trial with most epochs, which has something of everything."""

    def sql(self, statement: str, *values: Any) -> None:
        with closing(sqlite3.connect(self.folder / "record.db")) as connection, connection:
            changed = connection.execute(statement, values).rowcount
        assert changed, statement

    def attribute(self, number: int, key: str) -> Any:
        query = (
            "SELECT value_json FROM trial_system_attributes WHERE key = ? AND "
            "trial_id = (SELECT trial_id FROM trials WHERE number = ?)"
        )
        with closing(sqlite3.connect(self.folder / "record.db")) as connection:
            return json.loads(connection.execute(query, (key, number)).fetchone()[0])

    def write_attribute(self, number: int, key: str, value: Any) -> None:
        self.sql(
            "UPDATE trial_system_attributes SET value_json = ? WHERE key = ? AND "
            "trial_id = (SELECT trial_id FROM trials WHERE number = ?)",
            json.dumps(value),
            key,
            number,
        )

    def evidence(self, **changes: Any) -> Evidence:
        found = gather(self._whole.expected, self.folder, self.witness, ends=self._whole.ends)
        reference = replace(found.expected, reference=self._whole.table)
        return replace(found, **({"expected": reference} | changes))


@pytest.fixture
def copy(whole: Evidence, tmp_path: Path) -> Copy:
    return Copy(whole, tmp_path)


def report_key(epoch: int) -> str:
    return f"tune_run:report:{epoch:06d}"


def drop_a_trial(copy: Copy) -> Evidence:
    copy.sql("DELETE FROM trials WHERE number = 3")
    return copy.evidence()


def drop_a_row(copy: Copy) -> Evidence:
    table = copy.folder / "trials.csv"
    table.write_text("".join(table.read_text().splitlines(keepends=True)[:-1]))
    return copy.evidence()


def double_a_trial(copy: Copy) -> Evidence:
    found = copy.evidence()
    trials = (*found.result.trials, found.result.trials[2])
    return replace(found, result=replace(found.result, trials=trials))


def leave_a_trial_running(copy: Copy) -> Evidence:
    copy.sql("UPDATE trials SET state = 'RUNNING' WHERE number = 2")
    return copy.evidence()


def swap_two_epochs(copy: Copy) -> Evidence:
    number = copy.longest.number
    second, third = (copy.attribute(number, report_key(epoch)) for epoch in (2, 3))
    copy.write_attribute(number, report_key(2), third)
    copy.write_attribute(number, report_key(3), second)
    return copy.evidence()


def forget_an_epoch(copy: Copy) -> Evidence:
    copy.sql(
        "DELETE FROM trial_system_attributes WHERE key = ? AND "
        "trial_id = (SELECT trial_id FROM trials WHERE number = ?)",
        report_key(copy.longest.epochs),
        copy.longest.number,
    )
    return copy.evidence()


def change_a_value(copy: Copy) -> Evidence:
    key = report_key(2)
    held = json.dumps(copy.attribute(copy.longest.number, key))
    value = str(copy.longest.reports[1].metrics["score"])
    assert value in held
    changed = json.loads(held.replace(value, repr(float(value) + 1e-6)))
    copy.write_attribute(copy.longest.number, key, changed)
    return copy.evidence()


def change_a_cell(copy: Copy) -> Evidence:
    table = copy.folder / "trials.csv"
    x = str(copy.longest.config["x"])
    assert x in table.read_text()
    table.write_text(table.read_text().replace(x, x[:-1]))
    return copy.evidence()


def damage_a_checkpoint(copy: Copy) -> Evidence:
    file = copy.folder / copy.longest.checkpoints[-1].path
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    return copy.evidence()


def remove_a_checkpoint(copy: Copy) -> Evidence:
    (copy.folder / copy.longest.checkpoints[0].path).unlink()
    return copy.evidence()


def leave_a_torn_file(copy: Copy) -> Evidence:
    file = copy.folder / copy.longest.checkpoints[-1].path
    file.with_name("epoch-9.ckpt.part").write_text("{")
    return copy.evidence()


def train_a_committed_epoch_again(copy: Copy) -> Evidence:
    with copy.lines.open("a") as file:
        file.write(f"trained {copy.longest.number} 2 4711 {time.monotonic()}\n")
    epochs = committed(copy.folder / "record.db")
    return copy.evidence(kills=(Kill("driver", 1, 0.0, epochs, 1),))


def take_a_trial_up_too_early(copy: Copy) -> Evidence:
    epochs = committed(copy.folder / "record.db")
    kill = Kill("driver", 1, time.monotonic(), epochs, 1)
    with copy.lines.open("a") as file:
        file.write(f"began {copy.longest.number} 2 4711 {time.monotonic()}\n")
    return copy.evidence(kills=(kill,))


def take_a_killed_workers_trial_up_too_early(copy: Copy) -> Evidence:
    found = take_a_trial_up_too_early(copy)
    (kill,) = found.kills
    worker = next(line.pid for line in found.witness if line.trial == copy.longest.number)
    # One worker trained them all: it was killed at the last epoch of this one.
    last = max(
        line.at
        for line in found.witness
        if line.trial == copy.longest.number and line.pid == worker
    )
    return replace(found, kills=(replace(kill, target="worker", pid=worker, at=last),))


def train_an_epoch_again_without_a_kill(copy: Copy) -> Evidence:
    with copy.lines.open("a") as file:
        file.write(f"trained {copy.longest.number} 2 4711 {time.monotonic()}\n")
    return copy.evidence()


def train_an_epoch_that_is_not_recorded(copy: Copy) -> Evidence:
    with copy.lines.open("a") as file:
        number = copy.longest.number
        file.write(f"trained {number} {copy.longest.epochs + 1} 4711 {time.monotonic()}\n")
    return copy.evidence()


def record_an_epoch_that_nobody_trained(copy: Copy) -> Evidence:
    lines = copy.lines.read_text().splitlines(keepends=True)
    gone = f"trained {copy.longest.number} 1 "
    copy.lines.write_text("".join(line for line in lines if not line.startswith(gone)))
    return copy.evidence()


def lose_a_committed_epoch_between_kills(copy: Copy) -> Evidence:
    epochs = committed(copy.folder / "record.db") | {(0, 99)}
    return copy.evidence(kills=(Kill("driver", 1, time.monotonic(), epochs, 1),))


def stop_between_two_rungs(copy: Copy) -> Evidence:
    found = copy.evidence()
    return replace(found, expected=replace(found.expected, rungs=frozenset({7})))


def leave_a_process(copy: Copy) -> Evidence:
    return copy.evidence(leftovers=("process 4711 still runs",))


def end_with_a_wrong_code(copy: Copy) -> Evidence:
    return copy.evidence(ends=(End(1, "", (0,)),))


def end_without_a_way_on(copy: Copy) -> Evidence:
    return copy.evidence(ends=(End(70, "the raylet has died", (70,)),))


def hang(copy: Copy) -> Evidence:
    return copy.evidence(ends=(End(None, "", (0,)),))


def track_a_trial_twice(copy: Copy) -> Evidence:
    found = copy.evidence()
    scores = {
        trial.number: {report.epoch: report.metrics["score"] for report in trial.reports}
        for trial in found.result.trials
    }
    runs = [{"trial": n, "status": "FINISHED", "score": scores[n]} for n in (*scores, 0)]
    return replace(found, runs=runs, expected=replace(found.expected, tracking="anywhere"))


def track_a_running_trial(copy: Copy) -> Evidence:
    found = track_a_trial_twice(copy)
    return replace(found, runs=[*found.runs[1:-1], {**found.runs[0], "status": "RUNNING"}])


def track_another_value(copy: Copy) -> Evidence:
    found = track_a_trial_twice(copy)
    return replace(found, runs=[*found.runs[1:-1], {**found.runs[0], "score": {1: 0.5}}])


MUTATIONS: dict[Callable[[Copy], Evidence], str] = {
    drop_a_trial: "I1",
    drop_a_row: "I1",
    double_a_trial: "I1",
    leave_a_trial_running: "I1",
    swap_two_epochs: "I2",
    forget_an_epoch: "I2",
    change_a_value: "I3",
    change_a_cell: "I3",
    damage_a_checkpoint: "I4",
    remove_a_checkpoint: "I4",
    leave_a_torn_file: "I4",
    train_a_committed_epoch_again: "I2",
    take_a_trial_up_too_early: "I2",
    take_a_killed_workers_trial_up_too_early: "I2",
    train_an_epoch_again_without_a_kill: "I2",
    train_an_epoch_that_is_not_recorded: "I2",
    record_an_epoch_that_nobody_trained: "I2",
    lose_a_committed_epoch_between_kills: "I8",
    stop_between_two_rungs: "I9",
    leave_a_process: "I6",
    end_with_a_wrong_code: "I7",
    end_without_a_way_on: "I7",
    hang: "I7",
    track_a_trial_twice: "I5",
    track_a_running_trial: "I5",
    track_another_value: "I5",
}
"""What is damaged, and the invariant that must notice it."""


def test_an_untouched_copy_keeps_every_invariant(copy: Copy) -> None:
    assert violations(copy.evidence()) == []


@pytest.mark.parametrize("mutate", MUTATIONS, ids=lambda mutate: mutate.__name__)
def test_a_mutation_is_found(copy: Copy, mutate: Callable[[Copy], Evidence]) -> None:
    found = {text.split(":")[0] for text in violations(mutate(copy))}
    assert MUTATIONS[mutate] in found


def test_every_invariant_is_tried() -> None:
    assert set(MUTATIONS.values()) == set(INVARIANTS)
