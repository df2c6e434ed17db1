"""Where a long measurement stands, on the error stream: the table alone goes to the output."""

from __future__ import annotations

import sys


def say(text: str) -> None:
    """Replace the line that says what is measured now."""
    sys.stderr.write(f"\r\033[K{text}")
    sys.stderr.flush()
