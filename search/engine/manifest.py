"""What a search was, so that a stranger can say later where its numbers come from."""

from __future__ import annotations

import platform
import socket
import subprocess
import sys
import uuid
from importlib import metadata
from pathlib import Path
from typing import Any

from search.engine.inputs import digests_of, looks_of
from search.load import Search
from search.masking import masked, masked_yaml, secrets_of
from search.space.domains import Choice

PACKAGES = (
    "tune-run",
    "ray",
    "optuna",
    "torch",
    "lightning",
    "mlflow",
    "pytorch_optimizer",
    "numpy",
)


def describe(search: Search) -> dict[str, Any]:
    """The search, its files and the machine, as plain data."""
    return {
        "id": uuid.uuid4().hex,
        "experiment": search.trainable.name,
        "trainable": search.trainable.text,
        "trainable_file": search.trainable.file,
        "space_file": str(search.path.resolve()),
        "identity": search.identity(),
        "inputs": digests_of(search),
        "input_looks": looks_of(search),
        "search": search.spec.model_dump(mode="json"),
        "resources": search.resources.model_dump(mode="json"),
        "parameters": [parameter.name for parameter in search.space.parameters],
        "choices": [p.name for p in search.space.parameters if isinstance(p.domain, Choice)],
        "max_epochs": search.max_epochs(),
        "fixed": list(search.fixed),
        "versions": versions(),
        "python": sys.version.split()[0],
        "platform": platform.platform(),
        "host": socket.gethostname(),
        "git_commit": git_commit(search.path.resolve().parent),
        "text": masked_yaml(search.text, secrets_of(search.base)),
        "base": masked(search.base),
    }


def versions() -> dict[str, str]:
    """The installed versions of what a result depends on."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def git_commit(folder: Path) -> str | None:
    """The commit of the checkout that holds a folder, with `+dirty` if it was changed."""
    commit = _git(folder, "rev-parse", "HEAD")
    if commit is None:
        return None
    return f"{commit}+dirty" if _git(folder, "status", "--porcelain") else commit


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
