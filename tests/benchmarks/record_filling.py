"""A record with thousands of trials in seconds: one trial by the library, its copies in bulk."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.record_candidates import Candidate, opened
from tests.benchmarks.record_model import draw, live

COPIED = {
    "trial_params": "param_name, param_value, distribution_json",
    "trial_values": "objective, value, value_type",
    "trial_user_attributes": "key, value_json",
    "trial_system_attributes": "key, value_json",
    "trial_intermediate_values": "step, intermediate_value, intermediate_value_type",
}
"""The tables in which Optuna keeps what belongs to a trial, and what it keeps there."""


def fill(candidate: Candidate, file: Path, trials: int, seed: int = 7) -> None:
    """Make a record of finished trials that differ in their parameters and values."""
    at = opened(candidate, file)
    if trials:
        live(at, random.Random(seed))
    at.close()
    if trials > 1:
        (copy_rows if candidate.sql else copy_lines)(file, trials, random.Random(seed))


def copy_rows(file: Path, trials: int, generator: random.Random) -> None:
    """Copy the first trial of a SQLite file, table by table."""
    database = sqlite3.connect(file)
    with database:
        database.execute(
            "WITH RECURSIVE n(id) AS (SELECT 2 UNION ALL SELECT id + 1 FROM n WHERE id < ?) "
            "INSERT INTO trials (trial_id, number, study_id, state, datetime_start,"
            " datetime_complete) SELECT n.id, n.id - 1, study_id, state, datetime_start,"
            " datetime_complete FROM n CROSS JOIN (SELECT * FROM trials WHERE trial_id = 1)",
            (trials,),
        )
        for table, columns in COPIED.items():
            database.execute(
                f"INSERT INTO {table} (trial_id, {columns}) SELECT t.trial_id, {columns} FROM"
                f" trials t CROSS JOIN (SELECT {columns} FROM {table} WHERE trial_id = 1)"
                " WHERE t.trial_id > 1 ORDER BY t.trial_id"
            )
        named = database.execute("SELECT param_id, param_name FROM trial_params WHERE trial_id > 1")
        drawn = [(draw(name, generator), key) for key, name in named]
        database.executemany("UPDATE trial_params SET param_value = ? WHERE param_id = ?", drawn)
        values = [(generator.random(), number) for number in range(2, trials + 1)]
        database.executemany("UPDATE trial_values SET value = ? WHERE trial_id = ?", values)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def copy_lines(file: Path, trials: int, generator: random.Random) -> None:
    """Copy the lines of the first trial of a journal."""
    text = file.read_text()
    created = text.index('{"op_code":4,')
    lines = text[created:].splitlines(keepends=True)
    with file.open("a") as journal:
        for number in range(1, trials):
            journal.writelines(copied(lines, number, generator))


def copied(lines: list[str], number: int, generator: random.Random) -> Iterator[str]:
    """The lines of one trial as those of another, with parameters and a value of its own."""
    for line in lines:
        if '"param_name":' in line or '"values":[' in line:
            log = json.loads(line) | {"trial_id": number}
            if "param_name" in log:
                log["param_value_internal"] = draw(log["param_name"], generator)
            else:
                log["values"] = [generator.random()]
            yield json.dumps(log, separators=(",", ":")) + "\n"
        else:
            yield line.replace('"trial_id":0,', f'"trial_id":{number},', 1)


def check(candidate: Candidate, folder: Path) -> None:
    """Hold three trials in bulk against three by the library, and let the library go on there.

    **Raises**: AssertionError where the library reads the two differently.
    """
    folder.mkdir()
    fill(candidate, folder / "bulk", 3)
    bulk, written = opened(candidate, folder / "bulk"), opened(candidate, folder / "written")
    for _ in range(3):
        live(written, random.Random(7))
    pairs = list(zip(bulk.study.get_trials(), written.study.get_trials(), strict=True))
    for one, other in pairs:
        for name in ("number", "_trial_id", "state", "distributions", "intermediate_values"):
            assert getattr(one, name) == getattr(other, name), (candidate.name, name)
        assert one.user_attrs == other.user_attrs
        assert _comparable(one.system_attrs) == _comparable(other.system_attrs)
        assert one.params.keys() == other.params.keys()
    assert bulk.study.ask().number == 3
    live(bulk, random.Random(8))
    bulk.close()
    written.close()


def _comparable(attrs: dict[str, Any]) -> dict[str, Any]:
    """Without what differs between any two trials: when they began, and their seeds."""
    differing = dict.fromkeys(("started", "seed"))
    return {
        key: value | differing if isinstance(value, dict) and "seed" in value else value
        for key, value in attrs.items()
    }
