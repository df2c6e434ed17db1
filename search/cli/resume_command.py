"""The words that go on with a search."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from search.cli.command import storage_option
from search.masking import masked_word
from search.options import Options


def resume_command(
    space: str,
    overrides: Sequence[str],
    storage: Path,
    options: Options,
    needs: Sequence[str] = (),
) -> str:
    """What to type to go on with what was typed here; a secret must be typed again.

    `needs` are overrides that take the place of what was typed for their keys.
    """
    replaced = {_key(override) for override in needs}
    kept = [override for override in overrides if _key(override) not in replaced]
    flags = ["--address", options.address] if options.address else []
    flags += [] if options.dashboard else ["--no-dashboard"]
    flags += [] if options.track else ["--no-track"]
    flags += [word for package in options.allowed for word in ("--allow-module", package)]
    words = ["tune-run", space, *kept, *needs, *storage_option(storage), *flags, "--resume"]
    return shlex.join(map(masked_word, words))


def _key(override: str) -> str:
    return override.partition("=")[0].strip()
