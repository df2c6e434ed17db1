from __future__ import annotations

import subprocess
import sys


def test_ray_is_imported_after_its_environment_is_set() -> None:
    # it reads the environment, the token included, when it is imported
    code = "import sys, search.engine.run; sys.exit('ray' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=120).returncode == 0


def test_a_log_on_a_full_disk_keeps_the_screen_clean() -> None:
    # /dev/full answers each write as a full disk does
    work = """
import logging
from pathlib import Path
from search.engine.run import _logging_to
with _logging_to(Path("/dev/full"), frozenset()):
    logging.getLogger("search").warning("the search ended early")
print("Go on with: tune-run")
"""
    done = subprocess.run(
        [sys.executable, "-c", work], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.stdout, done.stderr) == ("Go on with: tune-run\n", "")
