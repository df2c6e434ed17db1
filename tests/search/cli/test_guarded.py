from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from search.exits import Exit

GO_ON = "Go on with: tune-run toy.yaml --resume"
HEAD = f"""
import sys
from pathlib import Path
from rich.console import Console
from search.cli.guarded import guarded
from search.errors import refuse
from search.exits import Exit
from search.results.folder import SearchFolder

def go_on(needs):
    return " ".join([{GO_ON!r}, *needs])

def search(end):
    BODY

sys.exit(guarded(search, SearchFolder(Path(".")), Console(width=200), go_on))
"""


def run(folder: Path, body: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", HEAD.replace("BODY", body)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_search_that_is_done_has_nothing_to_go_on_with(tmp_path: Path) -> None:
    done = run(tmp_path, "return Exit.DONE")
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("code", [Exit.NOTHING_USABLE, Exit.INFRASTRUCTURE, Exit.BUDGET])
def test_each_other_code_ends_with_the_command_that_goes_on(tmp_path: Path, code: Exit) -> None:
    done = run(tmp_path, f"return {int(code)}")
    assert done.returncode == code
    assert done.stdout.splitlines()[-1] == GO_ON


def test_what_a_resume_must_be_told_is_in_the_command_that_goes_on(tmp_path: Path) -> None:
    ended = "end.end_search('no time is left', Exit.BUDGET, ('search.time_budget=2h',))"
    done = run(tmp_path, f"{ended}; return end.code")
    assert done.stdout.splitlines()[-1] == f"{GO_ON} search.time_budget=2h"
    done = run(tmp_path, f"{ended}; end.hard.now('Ray hangs', end.code)")
    assert done.stdout.splitlines()[-1] == f"{GO_ON} search.time_budget=2h"


def test_an_exception_of_ours_leaves_its_traceback_in_the_log(tmp_path: Path) -> None:
    done = run(tmp_path, "raise KeyError('no such part')")
    assert done.returncode == 70
    first, last = done.stdout.splitlines()
    assert first == "The search died of KeyError: 'no such part'; search.log has the traceback"
    assert last == GO_ON
    assert "Traceback (most recent call last)" in (tmp_path / "search.log").read_text()


def test_an_exception_after_an_early_end_keeps_its_code(tmp_path: Path) -> None:
    body = "end.end_search('no time is left', Exit.BUDGET); raise OSError('and no room')"
    done = run(tmp_path, body)
    assert done.returncode == 75
    assert done.stdout.splitlines() == [
        "Ended early: no time is left; then came OSError: and no room",
        GO_ON,
    ]


def test_a_mistake_of_the_user_is_none_of_a_search(tmp_path: Path) -> None:
    done = run(tmp_path, "raise refuse('toy.yaml', 'another search')")
    assert GO_ON not in done.stdout
    assert "UserError" in done.stderr
