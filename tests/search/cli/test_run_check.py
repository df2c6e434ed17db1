"""`tune-run --check --resume`: whether a space is still that of the search in the folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from search.cli.run import run
from search.engine.manifest import describe
from search.engine.record import Record
from search.errors import UserError
from search.load import Search
from search.results.folder import SearchFolder
from search.results.trials import Report, State, TrialRecord

Check = Callable[..., list[str]]


@pytest.fixture
def begun(search: Search, tmp_path: Path, write_record: Callable[..., Record]) -> SearchFolder:
    """A search `toy` of which one trial has ended and one was cut off."""
    folder = SearchFolder(tmp_path / "runs" / "toy")
    states = (State.COMPLETE, State.INTERRUPTED)
    reports = (Report(1, 1.0, {"score": 0.5}),)
    trials = [TrialRecord(n, s, {"x": 0.5}, 0, reports=reports) for n, s in enumerate(states)]
    write_record(folder, *trials).write_manifest(describe(search))
    return folder


@pytest.fixture
def check(search: Search, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Check:
    """Checks the space, with `--resume` unless said; gives the lines that were printed."""

    def check(*overrides: str, resume: bool = True) -> list[str]:
        run(
            str(search.path),
            list(overrides),
            check=True,
            resume=resume,
            storage=tmp_path / "runs",
        )
        return capfd.readouterr().out.splitlines()

    return check


def test_the_same_space_can_be_resumed(check: Check, begun: SearchFolder) -> None:
    assert check()[-1] == (
        f"  {begun.path} holds this search: 1 trials have ended of the 4 that --resume goes on to"
    )


@pytest.mark.usefixtures("begun")
def test_more_trials_are_the_same_search(check: Check) -> None:
    assert check("search.trials=9")[-1].endswith("of the 9 that --resume goes on to")


@pytest.mark.usefixtures("begun")
def test_another_space_is_refused_before_anything_is_proved(
    check: Check, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UserError, match=r"this search was begun with something else.*search\.seed"):
        check("search.seed=3")
    assert capfd.readouterr().out == ""


@pytest.mark.usefixtures("begun")
def test_without_resume_a_space_is_checked_alone(check: Check) -> None:
    assert not any("--resume" in line for line in check("search.seed=3", resume=False))


def test_a_search_that_was_not_begun_is_said_so(check: Check, tmp_path: Path) -> None:
    assert check()[-1] == (f"  no search lies in {tmp_path}/runs/toy yet; --resume begins it")
    assert not (tmp_path / "runs").exists()
