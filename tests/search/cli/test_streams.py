"""Output that nobody takes, in real processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

WORK = """
import pathlib, sys
from rich.console import Console
from search.cli.streams import enduring_streams
with enduring_streams():
    screen = Console()
    for number in range(1000):
        screen.print(number)
        print(number, file=sys.stderr)
    pathlib.Path("done").touch()
sys.exit(7)
"""


@pytest.mark.parametrize(
    "shell",
    [
        '"$0" -c "$1" 2>&1 | head -1 >head; exit ${PIPESTATUS[0]}',
        '"$0" -c "$1" >/dev/full 2>/dev/full',
        '"$0" -c "$1" >&- 2>&-',
    ],
    ids=["a reader that has gone", "a full disk", "closed"],
)
def test_work_goes_on_when_nobody_takes_its_output(tmp_path: Path, shell: str) -> None:
    done = subprocess.run(
        ["bash", "-c", shell, sys.executable, WORK], cwd=tmp_path, capture_output=True, timeout=60
    )
    assert done.returncode == 7, done.stderr
    assert (tmp_path / "done").exists()


def test_output_that_is_taken_arrives_whole(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WORK], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    lines = [str(number) for number in range(1000)]
    assert (done.stdout.splitlines(), done.stderr.splitlines()) == (lines, lines)


def test_a_file_opened_later_does_not_take_the_place_of_a_closed_stream(tmp_path: Path) -> None:
    code = (
        "from search.cli.streams import enduring_streams\n"
        "with enduring_streams():\n"
        "    with open('record', 'w'): print('for the screen', flush=True)\n"
    )
    shell = '"$0" -c "$1" >&-'
    subprocess.run(["bash", "-c", shell, sys.executable, code], cwd=tmp_path, timeout=60)
    assert (tmp_path / "record").read_text() == ""


def test_two_unbuffered_streams_keep_their_order(tmp_path: Path) -> None:
    work = """
import sys
from search.cli.streams import enduring_streams
with enduring_streams():
    for number in range(0, 6, 2):
        print(number)
        print(number + 1, file=sys.stderr)
"""
    with (tmp_path / "both").open("wb") as both:
        subprocess.run([sys.executable, "-u", "-c", work], stdout=both, stderr=both, timeout=60)
    assert (tmp_path / "both").read_text().split() == ["0", "1", "2", "3", "4", "5"]
