from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from search.engine.ends import EarlyEnd
from search.engine.room_gate import RoomGate
from search.exits import Exit

VARIABLE = "TUNE_RUN_FREE_MB"


@pytest.fixture
def gate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> RoomGate:
    """On a disk that has `request.param` times the room that it must have."""
    floor = shutil.disk_usage(tmp_path).free / request.param
    monkeypatch.setenv(VARIABLE, str(int(floor / 10**6)))
    return RoomGate(tmp_path, EarlyEnd())


def end_of(gate: RoomGate) -> EarlyEnd:
    return gate._end


@pytest.mark.parametrize("gate", [4.0], indirect=True)
def test_with_room_trials_may_begin(gate: RoomGate) -> None:
    assert not gate.closed(idle=True)
    assert gate.reached() is None


@pytest.mark.parametrize("gate", [0.75], indirect=True)
def test_below_the_floor_no_trial_begins_and_those_that_run_go_on(gate: RoomGate) -> None:
    notes: list[str] = []
    gate.note = notes.append
    assert gate.closed(idle=False)
    assert gate.reached() is None
    assert end_of(gate).reason is None
    assert gate.closed(idle=False)
    (note,) = notes
    assert note.startswith("no new trial begins: only ")


@pytest.mark.parametrize("gate", [0.75], indirect=True)
def test_below_the_floor_the_search_ends_once_nothing_runs(gate: RoomGate) -> None:
    assert gate.closed(idle=True)
    assert end_of(gate).code is Exit.INFRASTRUCTURE
    reason = end_of(gate).reason or ""
    assert "no trial runs any more, and none may begin" in reason
    assert VARIABLE in reason


@pytest.mark.parametrize("gate", [0.25], indirect=True)
def test_below_half_the_floor_the_search_ends_at_once(gate: RoomGate) -> None:
    reached = gate.reached()
    assert reached is not None
    assert reached.code is Exit.INFRASTRUCTURE
    assert "free some room before going on" in reached.reason
