"""What a trainable imports late, a worker can import before the time of a trial is counted."""

from __future__ import annotations

import subprocess
import sys

import pytest

from search.names import shipped_trainables

CODE = """
import importlib, sys
module = importlib.import_module(f"trainables.{sys.argv[1]}")
assert "torch" not in sys.modules
module.prepare_worker()
sys.exit(not {"torch", "lightning"} <= set(sys.modules))
"""


@pytest.mark.parametrize("name", shipped_trainables())
def test_a_prepared_worker_has_loaded_what_a_training_needs(name: str) -> None:
    subprocess.run([sys.executable, "-c", CODE, name], check=True)
