"""What someone else's code raised, in one line that names the line of their own file."""

from __future__ import annotations

import sysconfig
import traceback
from pathlib import Path

from trainables.contract import ConfigError

_OURS = tuple(Path(__file__).resolve().parents[1] / name for name in ("search", "trainables"))
_PYTHON = tuple(Path(sysconfig.get_paths()[name]) for name in ("stdlib", "platstdlib"))
_INSTALLED = ("site-packages", "dist-packages")


def told(error: BaseException) -> str:
    """An exception in one line, with the line of its author's file, else the one that raised it."""
    place = place_of(error)
    if isinstance(error, ModuleNotFoundError):
        return f"{error} ({place})" if place else str(error)
    frames = traceback.extract_tb(error.__traceback__)
    place = place or (f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "")
    text = str(error).split("\n")[0]
    return f"{type(error).__name__}: {text}{f' ({place})' if place else ''}"


def refusal(error: ConfigError) -> str:
    """What a trainable refuses, with the line of its author's file that was the cause of it."""
    place = place_of(error.__cause__) if error.__cause__ is not None else ""
    return f"{error.message} ({place})" if place else error.message


def place_of(error: BaseException) -> str:
    """`file.py:12` of the innermost frame that is neither installed nor ours; empty if none is."""
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [frame for frame in frames if _is_theirs(frame.filename)]
    return f"{theirs[-1].filename}:{theirs[-1].lineno}" if theirs else ""


def _is_theirs(file: str) -> bool:
    path = Path(file)
    # what lies in no file, such as `<frozen importlib._bootstrap>`, begins with a bracket
    if file.startswith("<") or any(part in _INSTALLED for part in path.parts):
        return False
    return not any(path.is_relative_to(folder) for folder in (*_OURS, *_PYTHON))
