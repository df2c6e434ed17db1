from __future__ import annotations

import subprocess
import sys


def test_ray_is_imported_after_its_environment_is_set() -> None:
    # it reads the environment, the token included, when it is imported
    code = "import sys, search.engine.run; sys.exit('ray' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=120).returncode == 0
