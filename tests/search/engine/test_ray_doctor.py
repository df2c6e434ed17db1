"""What a cluster of our own takes from the environment; Ray itself is started by `--doctor`."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

ASK = """
import os
from search.engine.cluster import prepare_own_cluster
prepare_own_cluster()
print(os.environ.get("RAY_ADDRESS"), os.environ["no_proxy"], os.environ["NO_PROXY"])
"""


@pytest.mark.parametrize(
    ("given", "spared"),
    [
        ({}, "127.0.0.1"),
        ({"NO_PROXY": "lab.host, .org"}, "lab.host,.org,127.0.0.1"),
        ({"no_proxy": "127.0.0.1", "NO_PROXY": "lab.host"}, "127.0.0.1"),
    ],
)
def test_it_is_asked_itself_and_without_a_proxy(given: dict[str, str], spared: str) -> None:
    kept = {k: v for k, v in os.environ.items() if k.lower() != "no_proxy"}
    environment = kept | given | {"RAY_ADDRESS": "127.0.0.1:1"}
    done = subprocess.run(
        [sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.split() == ["None", spared, spared], done.stderr
