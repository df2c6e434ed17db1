from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_the_pages_of_a_server_are_its_own(tmp_path: Path) -> None:
    # A process, since the command would otherwise go on as another program.
    done = subprocess.run(
        [sys.executable, "-c", "from search.cli.track import main; main()", "--port", "5000"],
        env=os.environ | {"MLFLOW_TRACKING_URI": "http://me:secret@host:5000"},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "MLflow's pages are on its server: http://me:***@host:5000\n"
