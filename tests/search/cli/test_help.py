from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

COMMANDS = ("run", "watch", "table", "best", "train", "track")
HEAVY = ("ray", "mlflow", "torch", "optuna", "lightning")

# One process for all: what a command loads is what was not there before it.
ASK = """
import contextlib, importlib, io, json, sys
found = {}
for name in sys.argv[1].split(","):
    before, text = set(sys.modules), io.StringIO()
    sys.argv = [f"tune-{name}", "--help"]
    with contextlib.redirect_stdout(text):
        try:
            importlib.import_module(f"search.cli.{name}").main()
            code = None
        except SystemExit as end:
            code = end.code
    loaded = sorted({module.split(".")[0] for module in set(sys.modules) - before})
    found[name] = {"code": code, "loaded": loaded, "text": text.getvalue()}
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def helped() -> dict[str, Any]:
    """Of each command: exit code and text of `--help`, and the packages that it loaded."""
    command = [sys.executable, "-c", ASK, ",".join(COMMANDS)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_help_needs_nothing_heavy(helped: dict[str, Any], name: str) -> None:
    assert set(helped[name]["loaded"]).isdisjoint(HEAVY)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_tells_the_usage(helped: dict[str, Any], name: str) -> None:
    assert helped[name]["code"] == 0
    assert f"Usage: tune-{name}" in helped[name]["text"]
    assert "--storage" in helped[name]["text"]
