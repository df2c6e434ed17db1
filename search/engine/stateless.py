"""What Ray must not keep: our parts of a Tuner live in the record, and are never unpickled."""

from __future__ import annotations

from typing import Any


class Stateless:
    """A part of a Tuner that pickles as an empty shell: Ray writes every Tuner to `tuner.pkl`."""

    def __getstate__(self) -> dict[str, Any]:
        return {}
