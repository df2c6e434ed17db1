"""Plain SQL reads from a record what Optuna itself reads, and nothing is written by it."""

from __future__ import annotations

import json
import math
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from optuna.trial import TrialState

from search.engine.record import Record
from search.engine.record_reader import RecordReader
from search.engine.record_rows import RecordRows
from search.engine.record_words import Committed
from search.errors import UserError
from search.results.trials import (
    NEVER_STARTED,
    UNFINISHED,
    Checkpoint,
    Objective,
    Perturbation,
    Report,
    Start,
    State,
    TrialRecord,
)

SEARCH = {"search": {"metric": "score", "mode": "max"}}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "record.db"


@pytest.fixture
def record(file: Path) -> Iterator[Record]:
    made = Record.create(file, "toy", Objective("score", "max"))
    made.write_manifest(SEARCH)
    yield made
    made.close()


def ask(record: Record) -> int:
    trial = record.ask()
    trial.suggest_float("x", 0, 1)
    return trial.number


def begin(record: Record) -> int:
    number = ask(record)
    record.begin(number, {"x": 0.5, "name": "résumé"}, 2**40, {"net": {"width": 8, "rate": None}})
    return number


def commit(record: Record, number: int, *values: float, first: int = 1) -> None:
    kept: tuple[Checkpoint, ...] = ()
    for epoch, value in enumerate(values, start=first):
        kept = (*kept[-1:], Checkpoint(f"trials/{number}/{epoch}.ckpt", epoch, value, "ab"))
        report = Report(epoch, 0.1 * epoch, {"score": value, "loss": math.inf})
        record.report(number, Committed(report, value, kept, keep=2))


def write_every_state(record: Record) -> None:
    """Every way in which a trial may lie in a record, some of them left by a kill."""
    for state in set(State) - NEVER_STARTED - UNFINISHED:
        number = begin(record)
        commit(record, number, 1.0, math.nan if state is State.DIVERGED else 2.0)
        record.finish(number, state, f'why: "{state}"', record.trial(number).checkpoints[-1:])
    interrupted, begun_again, begun_only = begin(record), begin(record), begin(record)
    commit(record, interrupted, -1.0)
    record.finish(interrupted, State.INTERRUPTED, "Ctrl-C")
    commit(record, begun_again, *(float(n) for n in range(12)))
    record.finish(begun_again, State.INTERRUPTED, "Ctrl-C")
    record.begin_again(begun_again, Start(5, 4.0, 0.5, record.epochs(begun_again)[4].kept))
    record.begin_again(begun_again, Start(), died=True)
    commit(record, begun_again, 7.0)
    record.perturb(begun_again, Perturbation(1, {"x": 0.1}, {"net": {"width": 4}}))
    record.reject(ask(record), {"x": 0.1}, "x > 1")
    record.answer_duplicate(ask(record), {"x": 0.5}, interrupted - 1)
    ask(record)
    record.study.enqueue_trial({"x": 0.7})
    record.study.enqueue_trial({"x": 0.8})
    assert {trial.state for trial in record.trials()} == set(State)
    assert not record.trial(begun_only).reports


def read_by_optuna(record: Record) -> list[TrialRecord]:
    """The trials of a record, through the attributes that Optuna gives out."""
    found = []
    for trial in record.study.get_trials():
        words = {k.removeprefix("tune_run:"): v for k, v in trial.system_attrs.items() if v}
        begun, end = words.get("begin", {}), words.get("end", {})
        if begun or end:
            found.append(trial_of(trial.number, words, begun, end))
    return found


def trial_of(
    number: int, words: dict[str, Any], begun: dict[str, Any], end: dict[str, Any]
) -> TrialRecord:
    epochs = [words[key] for key in sorted(words) if key.startswith("report:")]
    attempts = [words[key] for key in sorted(words) if key.startswith("attempt:")]
    # What is kept now was said last: by the end, by a later epoch, or by a new attempt.
    kept = end.get("kept")
    if kept is None:
        kept = epochs[-1]["kept"] if epochs else attempts[-1]["kept"] if attempts else []
    return TrialRecord(
        number=number,
        state=State(end.get("state", "running")),
        point=(begun or end)["point"],
        seed=begun.get("seed", 0),
        started=begun.get("started", 0.0),
        reports=tuple(Report(**epoch["report"]) for epoch in epochs),
        checkpoints=tuple(Checkpoint(**plain) for plain in kept),
        cause=end.get("cause"),
        config=begun.get("config", {}),
        duplicate_of=end.get("duplicate_of"),
        perturbed=tuple(Perturbation(**plain) for plain in words.get("perturbed", [])),
        attempts=1 + len(attempts),
        deaths=sum(attempt["died"] for attempt in attempts),
    )


def comparable(trials: list[TrialRecord]) -> list[str]:
    """Texts, since a NaN is not even equal to itself."""
    return [repr(replace(trial, point=dict(trial.point))) for trial in trials]


def test_every_trial_is_read_as_optuna_gives_it_out(record: Record, file: Path) -> None:
    write_every_state(record)
    with closing(RecordReader.open(file)) as reader:
        assert comparable(reader.trials()) == comparable(read_by_optuna(record))
        each = [reader.trial(trial.number) for trial in reader.trials()]
        assert comparable(each) == comparable(reader.trials())


def test_the_search_itself_is_read_as_optuna_gives_it_out(record: Record, file: Path) -> None:
    number = begin(record)
    record.write_tests({number: {"test": math.nan}})
    record.write_spent(3.5)
    notes = record._storage.get_study_system_attrs(1)
    with closing(RecordReader.open(file)) as reader:
        result = reader.result()
        assert (result.name, result.manifest) == ("toy", notes["tune_run:manifest"])
        assert json.dumps(result.tests[number]) == json.dumps(notes["tune_run:tests"]["0"])
        assert reader.spent() == notes["tune_run:spent"] == 3.5


def test_curves_are_the_best_values_that_were_committed(record: Record) -> None:
    write_every_state(record)
    seen = {
        trial.number: [
            (word["report"]["epoch"], word["best"])
            for key, word in sorted(trial.system_attrs.items())
            if key.startswith("tune_run:report:") and word is not None
        ]
        for trial in record.study.get_trials()
    }
    assert repr(record.curves()) == repr(seen)


def test_points_that_wait_and_points_without_an_answer_are_those_of_optuna(
    record: Record,
) -> None:
    write_every_state(record)
    trials = record.study.get_trials()
    waiting = [trial.number for trial in trials if trial.state is TrialState.WAITING]
    running = [trial.number for trial in trials if trial.state is TrialState.RUNNING]
    assert record.next_number() == waiting[0]
    assert sorted([*record.untold(), *record.unborn()]) == running
    assert len(record.unborn()) == 1


def test_the_order_of_the_fields_of_an_epoch_does_not_matter(record: Record, file: Path) -> None:
    number = begin(record)
    commit(record, number, 1.0, 2.0)
    before = record.trials()
    query = "SELECT trial_system_attribute_id, value_json FROM trial_system_attributes"
    with closing(sqlite3.connect(file)) as connection, connection:
        for key, text in connection.execute(query).fetchall():
            turned = json.dumps(dict(reversed(json.loads(text).items())))
            change = "UPDATE trial_system_attributes SET value_json=? WHERE"
            connection.execute(f"{change} trial_system_attribute_id=?", (turned, key))
    assert record.trials() == before


def test_what_is_committed_later_is_not_seen_in_one_moment(record: Record, file: Path) -> None:
    number = begin(record)
    with closing(RecordRows(file, "toy")) as rows:
        with rows.one_moment():
            before = dict(rows.trials())
            commit(record, number, 1.0)
            assert dict(rows.trials()) == before
        assert "report:000001" in rows.trial(number)


def test_reading_writes_nothing(record: Record, file: Path) -> None:
    write_every_state(record)
    log = file.with_name("record.db-wal")
    before = file.read_bytes(), log.read_bytes()
    with closing(RecordReader.open(file)) as reader:
        reader.result()
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            reader._rows._connection.execute("DELETE FROM trials")
    assert (file.read_bytes(), log.read_bytes()) == before


KILLED = """
import os, signal, sys
from pathlib import Path
from search.engine.record import Record
from search.results.trials import Objective
record = Record.create(Path(sys.argv[1]), "toy", Objective("score", "max"))
record.write_manifest({"search": {"metric": "score", "mode": "max"}})
record.begin(record.ask().number, {"x": 0.5}, 7, {})
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_driver_left_in_its_log_is_read(file: Path) -> None:
    subprocess.run([sys.executable, "-c", KILLED, str(file)], check=False)
    assert file.with_name("record.db-wal").stat().st_size > 0
    with closing(RecordReader.open(file)) as reader:
        assert [trial.point for trial in reader.trials()] == [{"x": 0.5}]


@pytest.mark.parametrize("change", ["DROP TABLE studies", "ALTER TABLE studies DROP study_name"])
def test_a_record_whose_tables_are_others_is_refused(
    record: Record, file: Path, change: str
) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("DROP INDEX IF EXISTS ix_studies_study_name")
        connection.execute(change)
    with pytest.raises(UserError, match=r"record\.db: the record cannot be read \(no such"):
        RecordReader.find(file)


def test_reading_needs_no_optuna() -> None:
    code = "import sys, search.engine.standing; print('optuna' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
