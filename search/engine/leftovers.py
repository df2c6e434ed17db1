"""What a killed search may leave running for some seconds: ended before its trials go on elsewhere.

A worker that outlives its driver may still write the checkpoint of its last epoch, under the name
that the next attempt at the trial uses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from search.engine import reaper
from search.results.folder import SearchFolder

NAME = re.compile(r"tr-[0-9a-f]{8}")


@contextmanager
def noted(folder: SearchFolder, cluster: Path | None) -> Iterator[None]:
    """Keep the cluster's folder beside the record while its workers may write there."""
    if cluster is None:
        yield
        return
    folder.cluster.write_text(str(cluster))
    try:
        yield
    finally:
        folder.cluster.unlink(missing_ok=True)


def end_leftovers(folder: SearchFolder) -> None:
    """End at once what an earlier search in this folder has left running on this machine."""
    if not folder.cluster.is_file():
        return
    left = Path(folder.cluster.read_text().strip())
    # Only what we would have named so: this removes a folder.
    if NAME.fullmatch(left.name) and left.is_dir():
        reaper.end(str(left), grace=0.0)
    folder.cluster.unlink()
