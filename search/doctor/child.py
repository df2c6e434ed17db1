"""Asks a question in a process of its own: a package may hang, crash, or end its process."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import search
from search.causes import headline

PATIENCE_SECONDS = 60.0
FAREWELL_SECONDS = 8.0

_SCRIPT = """
import importlib, json, os, sys
answer = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # what libraries print must not mix with the answer
root, module, function, arguments = sys.argv[1:]
sys.path.append(root)
found = getattr(importlib.import_module(module), function)(*json.loads(arguments))
json.dump(found, answer)
answer.close()
"""


class ChildError(Exception):
    """The process gave no answer; the text says what it said last."""


def ask(module: str, function: str, *arguments: Any, patience: float = PATIENCE_SECONDS) -> Any:
    """The answer of a function, called with plain data in a new Python.

    Raises:
        ChildError: it raised, crashed, or took too long.
    """
    root = str(Path(search.__file__).parents[1])
    # Without the working directory on the path: a `ray.py` there is no fault of the machine.
    command = [sys.executable, "-P", "-c", _SCRIPT, root, module, function, json.dumps(arguments)]
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    ) as process:
        try:
            out, err = process.communicate(timeout=patience)
        except subprocess.TimeoutExpired as late:
            raise ChildError(_end(process, patience)) from late
        except BaseException:
            _end(process, patience)
            raise
    if process.returncode != 0:
        raise ChildError(_last_words(process.returncode, err))
    return json.loads(out)


def _end(process: subprocess.Popen[str], patience: float) -> str:
    """Let it clean up as after Ctrl-C, and kill it if it does not; what it said until then."""
    process.send_signal(signal.SIGINT)
    try:
        _, err = process.communicate(timeout=FAREWELL_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        _, err = process.communicate()
    said = headline(err).removeprefix("KeyboardInterrupt")
    return f"no answer within {patience:.0f} s" + (f"; it said last: {said}" if said else "")


def _last_words(code: int, err: str) -> str:
    said = headline(err)
    if code < 0:
        name = signal.Signals(-code).name
        return f"the process ended with {name}" + (f"; it said last: {said}" if said else "")
    return said or f"the process ended with code {code} and said nothing"
