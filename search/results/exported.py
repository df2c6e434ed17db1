"""The folder that a good trial leaves a search in: checkpoint, config, and a card about both."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from search.errors import refuse
from search.results.best import SECTION, START, Chosen
from search.results.folder import SearchFolder
from search.results.follow_up import CONFIG, ORIGIN
from search.results.model_card import CARD, CHECKPOINT, model_card
from search.results.result import SearchResult
from search.results.standalone import needs_of
from search.text.writing import as_yaml


def export(chosen: Chosen, result: SearchResult, folder: SearchFolder, out: Path) -> Path:
    """Write the folder; returns the config in it, which `tune-train` takes."""
    if out.exists() and not out.is_dir():
        raise refuse(str(out), "is a file; give a folder to write to")
    if out.is_dir() and any(out.iterdir()) and not (out / ORIGIN).is_file():
        raise refuse(str(out), "holds files that are no export of ours; give another --out")
    out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(folder.path / chosen.checkpoint.path, out / CHECKPOINT)
    config = _with_checkpoint(chosen.config) if chosen.starts_from_checkpoint else chosen.config
    named = {"trainable": _trainable(result, out)}
    (out / CONFIG).write_text(as_yaml(named | dict(config)))
    (out / ORIGIN).write_text(json.dumps(_origin(chosen, result, folder), indent=2) + "\n")
    (out / CARD).write_text(model_card(chosen, result))
    return out / CONFIG


def _trainable(result: SearchResult, out: Path) -> str:
    """How the config names its trainable; a file that stands alone is copied beside it."""
    if result.manifest["trainable_file"] is None:
        return str(result.manifest["trainable"])
    file = Path(result.manifest["trainable_file"])
    if needs_of(file):
        return str(file)
    copy = out / file.name
    if not (copy.exists() and copy.samefile(file)):
        shutil.copyfile(file, copy)
    return f"./{file.name}"


def _with_checkpoint(config: Mapping[str, Any]) -> dict[str, Any]:
    return {**config, SECTION: {**(config.get(SECTION) or {}), START: CHECKPOINT}}


def _chosen_by(chosen: Chosen) -> dict[str, Any]:
    """The metric and its value; of a trade-off lists of them, and which one it is."""
    metrics, values = list(chosen.values), list(chosen.values.values())
    if chosen.pick is None:
        return {"metric": metrics[0], "value": values[0]}
    return {"metric": metrics, "value": values, "pick": chosen.pick.text}


def _origin(chosen: Chosen, result: SearchResult, folder: SearchFolder) -> dict[str, Any]:
    return {
        "search": result.name,
        "search_id": result.manifest["id"],
        "folder": str(folder.path),
        "trial": chosen.trial.number,
        "seed": chosen.trial.seed,
        "epoch": chosen.checkpoint.epoch,
        **_chosen_by(chosen),
        "sha256": chosen.checkpoint.sha256,
    }
