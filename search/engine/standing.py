"""How a search stands that nobody runs now, in few words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from search.engine.record_reader import RecordReader
from search.engine.tracker import search_state
from search.results.result import SearchResult
from search.results.trials import UNFINISHED, State


@dataclass(frozen=True)
class Standing:
    """What a search has done so far."""

    name: str
    is_over: bool
    ended: int
    wanted: int
    space_file: str


def standing(file: Path) -> Standing | None:
    """What a record says; None if its search died before it knew what it was.

    **Raises**: UserError if the record is damaged.
    """
    record = RecordReader.find(file)
    if record is None:
        return None
    try:
        result = record.result()
    finally:
        record.close()
    spec, ended = result.manifest["search"], _ended(result)
    # A grid may have fewer points than trials were wanted.
    all_trained = ended >= spec["trials"] or spec["sampler"]["name"] == "grid"
    return Standing(
        name=result.name,
        is_over=all_trained and search_state(result) is State.COMPLETE,
        ended=ended,
        wanted=spec["trials"],
        space_file=result.manifest["space_file"],
    )


def _ended(result: SearchResult) -> int:
    ended = sum(trial.state not in UNFINISHED for trial in result.started())
    reused = result.manifest["search"]["duplicates"] == "reuse"
    return ended + (result.count(State.DUPLICATE) if reused else 0)
