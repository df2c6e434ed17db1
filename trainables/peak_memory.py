"""The most memory that a trial has taken so far, as a reported number."""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from lightning.pytorch import Callback, LightningModule, Trainer

NAME = "train_memory_mib"

_RESET, _STATUS = Path("/proc/self/clear_refs"), Path("/proc/self/status")
_RESET_PEAK = "5"
"""What Linux wants to read in `clear_refs` to begin a new peak (man 5 proc)."""


class PeakMemory(Callback):
    """Logs the peak since the fit began, of the first of several workers.

    **Units** MiB; of a GPU what torch allocated there, else what the whole process held.
    """

    def on_fit_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        del trainer
        begin(pl_module.device)

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        del trainer
        pl_module.log(NAME, float(peak_mib(pl_module.device)), sync_dist=False)


def begin(device: torch.device) -> None:
    """Forget the peak of earlier trials; where the system cannot, theirs still counts."""
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
        return
    try:
        _RESET.write_text(_RESET_PEAK)
    except OSError:
        return


def peak_mib(device: torch.device) -> float:
    """The peak since `begin`. **Units** MiB."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 2**20
    peaks = [line for line in _lines(_STATUS) if line.startswith("VmHWM:")]
    return int(peaks[0].split()[1]) / 2**10 if peaks else _ever_mib()


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text().splitlines()
    except OSError:
        return []


def _ever_mib() -> float:
    """The peak of the process since it began, where there is no `/proc`."""
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (2**20 if sys.platform == "darwin" else 2**10)
