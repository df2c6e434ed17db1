"""What torch says of itself; called in a process of its own (`child.ask`).

It is imported by its name: nothing here may need it, since it may be what is broken.
"""

from __future__ import annotations

import importlib
import warnings
from typing import Any

from search.doctor.imports import said


def build() -> dict[str, str | None]:
    """Which torch this is."""
    torch = importlib.import_module("torch")
    return {"version": torch.__version__, "cuda": torch.version.cuda, "hip": torch.version.hip}


def devices() -> dict[str, Any]:
    """The GPUs that torch sees, and of each why it cannot compute, or None."""
    torch = importlib.import_module("torch")
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        number = torch.cuda.device_count() if torch.cuda.is_available() else 0
    return {
        **build(),
        "names": [torch.cuda.get_device_name(index) for index in range(number)],
        "faults": [_compute(torch, index) for index in range(number)],
        "warnings": [str(warning.message).strip().splitlines()[0] for warning in heard],
    }


def _compute(torch: Any, index: int) -> str | None:
    try:
        torch.ones(8, device=f"cuda:{index}").sum().item()
    except Exception as error:  # noqa: BLE001 - whatever keeps a GPU from computing
        return said(error)
    return None
