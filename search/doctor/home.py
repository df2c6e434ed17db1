"""The home folder: not needed by a search, but some libraries keep caches there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from search.doctor.check import Site
from search.doctor.finding import Finding, note, ok
from search.results.access import write_fault

MEND = "if a library complains: export HOME=<a folder that can be written>"


def examine(_: Site) -> Iterator[Finding]:
    try:
        home = Path.home()
    except RuntimeError:
        yield note("this user has none; a search needs none, caches of libraries do", MEND)
        return
    said = write_fault(home)
    if said is None:
        yield ok(f"{home} can be written")
    else:
        yield note(f"{home} cannot be written ({said}); a search does not need it", MEND)
