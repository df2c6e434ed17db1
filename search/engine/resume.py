"""Going on with a search: only with the same one, unless the user insists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from search.engine.endings import committed_ending
from search.engine.inputs import changed_files, digests_of, looks_of
from search.engine.manifest import describe, versions
from search.engine.queued_points import queue_points
from search.engine.record import Record
from search.engine.record_file import back_up, require_unlocked
from search.errors import refuse
from search.flat import flatten
from search.load import Search
from search.results.folder import SearchFolder
from search.results.goal import Goal
from search.results.trials import UNFINISHED

LISTED = 8
"""How many differences a refusal names."""


def require_same(search: Search, folder: SearchFolder, force: bool = False) -> tuple[str, ...]:
    """The differences between the search in a folder and this one, which `force` lets pass.

    **Raises**: UserError with the differences; of choices and of objectives always, since Optuna
    cannot go on then.
    """
    record = Record.find(folder.record)
    if record is None:
        return ()
    require_unlocked(folder.record)
    before, now = record.manifest(), what_stays(search)
    record.close()
    if fixed := list(_changed_choices(before["identity"]["space"], now["identity"]["space"])):
        raise refuse(
            str(folder.path),
            f"{_listed(fixed)}; a sampler cannot go on with other options, not even with --force: "
            "begin a new search (search.name=...), with the good points of this one in try_first",
        )
    if (told := _changed_goal(before, now)) is not None:
        raise refuse(
            str(folder.path),
            f"{told}; Optuna cannot go on with other objectives, not even with --force: give "
            "another name (search.name=...), or keep this search and begin anew (--fresh)",
        )
    files = changed_files(before["inputs"], before.get("input_looks", {}), search)
    differences = (*_differences({key: before[key] for key in now}, now), *files)
    if differences and not force:
        raise refuse(
            str(folder.path),
            f"this search was begun with something else ({_listed(differences)}); undo that, go on "
            "all the same (--force), give another name (search.name=...), or keep it and begin "
            "anew (--fresh)",
        )
    return differences


def what_stays(search: Search) -> dict[str, Any]:
    """What a search and its resume have in common, beside the files: the space, the packages."""
    return {"identity": search.identity(), "versions": versions()}


def renew_manifest(search: Search, record: Record, forced: tuple[str, ...]) -> None:
    """Write down what may change between a search and its resume, and what was forced."""
    before = record.manifest()
    changed: dict[str, Any] = {
        "search": search.spec.model_dump(mode="json"),
        "resources": search.resources.model_dump(mode="json"),
        "max_epochs": search.max_epochs(),
    }
    if forced:
        files = {"inputs": digests_of(search), "input_looks": looks_of(search)}
        said = {"forced": [*before.get("forced", []), *forced]}
        changed |= what_stays(search) | files | said
    record.write_manifest(before | changed)


def open_record(
    search: Search, folder: SearchFolder, goal: Goal, forced: tuple[str, ...] = ()
) -> Record:
    """The record of this search, begun anew or gone on with."""
    record = Record.find(folder.record)
    if record is not None:
        back_up(folder.record)
        settle(record)
        renew_manifest(search, record, forced)
        return record
    # What a search left that died before its manifest was written holds nothing.
    for file in folder.path.glob(f"{folder.record.name}*"):
        file.unlink()
    record = Record.create(folder.record, search.spec.name, goal)
    queue_points(search, record)
    # Last, since a record without it counts as one that was never begun.
    record.write_manifest(describe(search))
    return record


def settle(record: Record) -> None:
    """Tell Optuna what it was not told yet, and end the trials whose last epoch was committed."""
    record.reconcile()
    for trial in record.trials():
        if trial.state not in UNFINISHED or not trial.reports:
            continue
        ending = committed_ending(record.epochs(trial.number), record.goal())
        if ending is not None:
            record.finish(trial.number, ending.state, ending.cause, ending.kept)


def _differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    old, new = flatten(before), flatten(now)
    for key in dict.fromkeys([*old, *new]):
        if old.get(key) != new.get(key):
            # The key as the user knows it: without our own `identity.` and `identity.base.`.
            name = key.removeprefix("identity.").removeprefix("base.")
            yield f"{name} was {old.get(key)!r} and is {new.get(key)!r}"


def _changed_choices(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for name in before.keys() & now.keys():
        old, new = before[name], now[name]
        if "Choice" in (old["type"], new["type"]) and old["domain"] != new["domain"]:
            yield f"the options of {name} were changed"


def _changed_goal(before: Mapping[str, Any], now: Mapping[str, Any]) -> str | None:
    """What was changed of the objectives; the record and the rungs hold the old ones' values."""
    old, new = before["identity"]["search"], now["identity"]["search"]
    goals = [(search["metric"], search["mode"]) for search in (old, new)]
    if goals[0] == goals[1]:
        return None
    was, told = ("{} ({})".format(*goal) for goal in goals)
    return f"search.metric was {was} and is {told}"


def _listed(differences: list[str] | tuple[str, ...]) -> str:
    more = len(differences) - LISTED
    return "; ".join(differences[:LISTED]) + (f"; and {more} more" if more > 0 else "")
