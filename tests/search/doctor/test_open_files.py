from __future__ import annotations

import subprocess
import sys

import pytest

from search.doctor.finding import Grade
from search.doctor.open_files import judge

ASK = """
from pathlib import Path
from search.doctor.check import Site
from search.doctor.open_files import examine
(found,) = examine(Site(Path("/")))
print(found.grade.value, found.text)
"""


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        (600, "fault no process may open more than 600"),
        (2048, "note no process may open more than"),
    ],
)
def test_the_limit_of_a_shell_is_seen(limit: int, said: str) -> None:
    command = ["sh", "-c", f'ulimit -n {limit}; exec "$0" -c "$1"', sys.executable, ASK]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.stdout.startswith(said), done.stderr


def test_many_are_fine() -> None:
    assert judge(65536).grade is Grade.OK
