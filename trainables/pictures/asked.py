"""Whether whoever is asked for pictures has any."""

from __future__ import annotations

from typing import Any

from trainables.contract import ConfigError

METHOD = "pictures"
"""Of a module: returns figures of its last validation, by their names."""


def check(module: type[Any], every: int | None) -> None:
    """Refuse to draw what has no pictures. **Raises** ConfigError."""
    if every is not None and not callable(getattr(module, METHOD, None)):
        message = (
            f"has no effect: {module.__name__} has no method {METHOD}(), which would return "
            "matplotlib figures of its last validation, by their names"
        )
        raise ConfigError("logging.plot_every_n_epochs", message)
