"""Why a trial failed: its own traceback, or what Ray knows of the death of its process."""

from __future__ import annotations

from pathlib import Path

from ray import cloudpickle
from ray.exceptions import RayActorError
from ray.tune.experiment import Trial as RayTrial

ERROR_FILE = "error.txt"
LIMIT = 20_000
"""How much of a traceback the record keeps, in characters; the end of it says what happened."""


def cause_of(trial: RayTrial, directory: Path) -> str:
    """The traceback of a failed trial; its last line says what happened."""
    written = directory / ERROR_FILE
    if written.is_file():
        return written.read_text(errors="replace").strip()[-LIMIT:]
    error = _error_of(trial)
    if isinstance(error, RayActorError):
        detail = " ".join(str(error).split())[:500]
        return f"{detail}\nThe process of the trial died without a Python exception"
    return str(error).strip()[-LIMIT:]


def _error_of(trial: RayTrial) -> BaseException | str:
    # Tune has written it on this machine a moment ago; its copy in the storage comes later.
    file = Path(trial.pickled_error_file or "")
    if not file.is_file():
        return "the trial failed and Ray does not say why"
    error: BaseException = cloudpickle.loads(file.read_bytes())
    return error
