"""What is committed in a record at this moment, read from the file itself and never written."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

REPORTS = "tune_run:report:"

QUERY = f"""
    SELECT trials.number, attributes.key FROM trial_system_attributes AS attributes
    JOIN trials ON trials.trial_id = attributes.trial_id
    WHERE attributes.key LIKE '{REPORTS}%' AND attributes.value_json != 'null'
"""

Epochs = frozenset[tuple[int, int]]
"""Pairs of a trial and an epoch of it."""


def committed(record: Path) -> Epochs:
    """The epochs that a resume must never train again; none where there is no record yet."""
    if not record.exists():
        return frozenset()
    address = f"{record.resolve().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=30)) as connection:
            rows = connection.execute(QUERY).fetchall()
    except sqlite3.OperationalError as error:
        # The search died before its tables were there.
        if "no such table" in str(error):
            return frozenset()
        raise
    return frozenset((number, int(key.removeprefix(REPORTS))) for number, key in rows)
