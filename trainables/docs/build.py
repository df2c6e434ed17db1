"""Writes the pages that are made from the code beside this file; `python -m trainables.docs.build`.

A new page is a module of this package with `text() -> str`, and its line in `PAGES`; a picture is
a function that writes a file, and its line in `PICTURES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from trainables.docs import (
    curves,
    disco,
    fakes,
    families,
    losses,
    optimizers,
    options,
    schedulers,
    signal,
)

PAGES: Mapping[str, Callable[[], str]] = {
    "disco.md": disco.text,
    "fakes.md": fakes.text,
    "families.md": families.text,
    "losses.md": losses.text,
    "optimizers.md": optimizers.text,
    "options.md": options.text,
    "schedulers.md": schedulers.text,
    "signal.md": signal.text,
}
"""The text of each page, by the name of its file."""

PICTURES: Mapping[str, Callable[[Path], None]] = {schedulers.PICTURE: curves.draw}
"""What draws each picture into the file that it is told, by the name of that file."""

FOLDER = Path(__file__).parent


def main(folder: Path = FOLDER) -> None:
    """Write every page and every picture into a folder."""
    for name, text in PAGES.items():
        (folder / name).write_text(text(), encoding="utf-8")
    for name, draw in PICTURES.items():
        draw(folder / name)


if __name__ == "__main__":
    main()
