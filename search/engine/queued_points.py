"""The points that are tried before the sampler speaks; known without Ray, before it starts."""

from __future__ import annotations

from search.crash_points import reach
from search.engine.record import Record
from search.load import Search


def queue_points(search: Search, record: Record) -> None:
    """Queue the points of the user, or the whole grid."""
    for point in search.space.try_first:
        record.study.enqueue_trial(dict(point), skip_if_exists=True)
    if search.spec.sampler.name == "grid":
        for point in search.space.grid():
            record.study.enqueue_trial(dict(point))
    reach("first-points-queued")
