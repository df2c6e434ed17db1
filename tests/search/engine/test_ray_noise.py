"""Only what the search says itself is kept from the terminal, and it is in the log."""

from __future__ import annotations

import logging

import pytest
from ray._private import worker

from search.engine.ray_noise import deaths_in_the_log

DEATH = "A worker died or was killed while executing a task by an unexpected system error. PID: 7"
OTHER = "The node with node id: 0123 has been marked dead because the detector has missed too many"


def said_by_raylet(line: str) -> None:
    """As the thread does that listens to the raylet."""
    assert "print_to_stdstream" in worker.listen_error_messages.__code__.co_names
    data = {"lines": [line], "pid": "raylet", "is_err": False}
    worker.print_to_stdstream(data, ignore_prefix=False)


def test_the_death_of_a_worker_is_in_the_log_alone(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    with deaths_in_the_log():
        said_by_raylet(DEATH)
    assert capsys.readouterr() == ("", "")
    assert [(r.name, DEATH in r.getMessage()) for r in caplog.records] == [
        ("search.engine.ray_noise", True)
    ]
    assert caplog.records[0].levelno < logging.WARNING


def test_all_else_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with deaths_in_the_log():
        said_by_raylet(OTHER)
    assert OTHER in capsys.readouterr().out


def test_afterwards_everything_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with deaths_in_the_log():
        pass
    said_by_raylet(DEATH)
    assert DEATH in capsys.readouterr().out
