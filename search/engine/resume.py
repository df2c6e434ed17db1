"""Going on with a search: only with the same one, and first with the points that were cut off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from search.engine.record import Record
from search.errors import refuse
from search.flat import flatten
from search.load import Search
from search.results.folder import SearchFolder
from search.results.trials import State

FREE = frozenset({"search.trials", "search.max_concurrent"})
"""What may change between a search and its resume."""


def require_same(search: Search, folder: SearchFolder) -> None:
    """**Raises**: UserError with the differences if the folder holds another search than this."""
    if not folder.holds_search():
        return
    manifest = Record.open(folder.record).manifest()
    if manifest["fingerprint"] == search.fingerprint():
        return
    now = {"search": search.spec.model_dump(mode="json"), "base": search.base}
    listed = "; ".join(_differences(manifest, now)) or "the space or the trainable was changed"
    raise refuse(
        str(folder.path),
        f"this search was begun with something else ({listed}); undo that, give another name "
        "(search.name=...), or keep it and begin anew (--fresh)",
    )


def _differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    old = flatten({key: before[key] for key in now})
    new = flatten(now)
    return [
        f"{key} was {old.get(key)!r} and is {new.get(key)!r}"
        for key in sorted({*old, *new} - FREE)
        if old.get(key) != new.get(key)
    ]


def go_on(search: Search, record: Record) -> None:
    """Close what was cut off, and queue its points again: they are trained before any new one."""
    record.interrupt_running()
    queued = record.queued_again()
    for trial in record.trials():
        if trial.state is State.INTERRUPTED and trial.number not in queued:
            record.queue_again(trial.number, trial.point)
    spec = search.spec.model_dump(mode="json")
    record.write_manifest(record.manifest() | {"search": spec})
