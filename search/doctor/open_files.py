"""How many files a process may open: Ray holds a connection for each of its processes."""

from __future__ import annotations

import resource
from collections.abc import Iterator

from search.doctor.check import Site
from search.doctor.finding import Finding, fault, note, ok

LEAST = 1024
RECOMMENDED = 4096
"""Below this Ray warns of failing connections."""

RAISED = 65536
"""Ray raises its own limit up to this, as far as the hard limit lets it."""


def examine(_: Site) -> Iterator[Finding]:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    yield judge(RAISED if hard == resource.RLIM_INFINITY else min(hard, RAISED))


def judge(limit: int) -> Finding:
    """What the limit means that Ray will run with."""
    mend = f"ulimit -n {RAISED} in this shell; for good: the line `* hard nofile {RAISED}` in "
    mend += "/etc/security/limits.conf, or `docker run --ulimit nofile=...`"
    if limit < LEAST:
        return fault(f"no process may open more than {limit}; Ray needs {LEAST} and more", mend)
    if limit < RECOMMENDED:
        return note(f"no process may open more than {limit}; many workers need more", mend)
    return ok(f"up to {limit} a process")
