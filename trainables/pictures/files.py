"""Where the pictures of a trial lie: `pictures/0005_roc.png` of its fifth epoch."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from trainables.contract import PICTURES

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_FAST = {"compress_level": 1}
"""Of zlib: a file hardly larger in a fraction of the time."""


def write(figures: Mapping[str, Figure], directory: Path, epoch: int) -> None:
    """Write each figure under its name; a file is there whole or not at all."""
    folder = directory / PICTURES
    folder.mkdir(exist_ok=True)
    for name, figure in figures.items():
        path = folder / f"{epoch:04d}_{name}.png"
        aside = path.with_suffix(".part")
        figure.savefig(aside, format="png", pil_kwargs=_FAST)
        aside.replace(path)
