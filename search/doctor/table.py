"""The checks of `tune-run --doctor`, in the order in which they are shown."""

from __future__ import annotations

from search.doctor import (
    clock,
    dead_clusters,
    file_system,
    gpus,
    home,
    imports,
    installation,
    malware,
    open_files,
    packages,
    ports,
    python_version,
    ray_start,
    searches,
    shared_memory,
    storage,
    temp_folder,
    torch_build,
    tracking,
    variables,
)
from search.doctor.check import Check

CHECKS = (
    Check("python", python_version.examine),
    Check("installation", installation.examine),
    Check("packages", packages.examine),
    Check("bad releases", malware.examine),
    Check("environment", variables.examine),
    Check("home", home.examine),
    Check("storage", storage.examine),
    Check("file system", file_system.examine),
    Check("temp folder", temp_folder.examine),
    Check("leftovers", dead_clusters.examine),
    Check("shared memory", shared_memory.examine),
    Check("open files", open_files.examine),
    Check("ports", ports.examine),
    Check("clock", clock.examine),
    Check("searches", searches.examine, "reading the records of the searches"),
    Check("imports", imports.examine, "importing the packages"),
    Check("torch", torch_build.examine, "importing torch and Lightning"),
    Check("GPUs", gpus.examine, "asking torch for its GPUs"),
    Check("MLflow", tracking.examine, "opening the tracking store"),
    Check("Ray", ray_start.examine, "starting Ray and running a task on it, about 15 s"),
)
"""The quick ones first, so that they are read while the slow ones are waited for."""
