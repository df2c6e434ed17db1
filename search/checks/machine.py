"""What this machine has, and whether a trial fits on it; asked without importing torch."""

from __future__ import annotations

import math
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from search.spec import Resources

_CGROUP_V2 = Path("/sys/fs/cgroup/cpu.max")
_CGROUP_V1 = Path("/sys/fs/cgroup/cpu")
_NVIDIA = Path("/proc/driver/nvidia/gpus")


@dataclass(frozen=True)
class Machine:
    """How many CPU cores and GPUs there are; each is counted when it is asked for."""

    num_cpus: Callable[[], int]
    num_gpus: Callable[[], int]

    def misfits(self, resources: Resources) -> list[tuple[str, str]]:
        """Keys of the resources that one trial cannot get here, each with what is wrong."""
        found = []
        cpus = resources.cpus * resources.workers
        if cpus > self.num_cpus():
            found.append(("cpus", _more(resources, f"{cpus} CPUs", str(self.num_cpus()))))
        gpus = resources.gpus * resources.workers
        if gpus and gpus > self.num_gpus():
            num_gpus = self.num_gpus() or "none"
            noun = "GPU" if gpus == 1 else "GPUs"
            found.append(("gpus", _more(resources, f"{gpus:g} {noun}", str(num_gpus))))
        return found


def _more(resources: Resources, wanted: str, there: str) -> str:
    each = f" ({resources.workers} workers)" if resources.workers > 1 else ""
    return f"one trial needs {wanted}{each} but this machine has {there}"


def count_cpus() -> int:
    """The cores that this process may use, with the limits of its container."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, int(min(cores or 1, _quota())))


def _quota() -> float:
    try:
        if _CGROUP_V2.is_file():
            quota, period = _CGROUP_V2.read_text().split()
        else:
            quota = (_CGROUP_V1 / "cpu.cfs_quota_us").read_text()
            period = (_CGROUP_V1 / "cpu.cfs_period_us").read_text()
        return float(quota) / float(period) if float(quota) > 0 else math.inf
    except (OSError, ValueError):
        return math.inf


def count_gpus() -> int:
    """The NVIDIA GPUs that this process may use."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None:
        listed = [device for device in visible.split(",") if device.strip() not in ("", "-1")]
        return min(len(listed), installed_gpus())
    return installed_gpus()


def installed_gpus() -> int:
    """The NVIDIA GPUs that the driver lists, visible to this process or not."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return len(list(_NVIDIA.iterdir())) if _NVIDIA.is_dir() else 0
    try:
        answer = subprocess.run(
            [program, "-L"], capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return 0
    return sum(line.startswith("GPU ") for line in answer.stdout.splitlines())


THIS_MACHINE = Machine(count_cpus, count_gpus)
