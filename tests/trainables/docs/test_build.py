from __future__ import annotations

from pathlib import Path

import pytest

from trainables.docs import build

FOLDER = Path(build.__file__).parent


@pytest.mark.parametrize("name", build.PAGES)
def test_a_page_on_disk_is_what_the_code_gives(name: str) -> None:
    written = (FOLDER / name).read_text(encoding="utf-8")
    assert written == build.PAGES[name](), "run `make docs`"


def test_every_page_and_picture_on_disk_is_made() -> None:
    lying = {file.name for file in FOLDER.iterdir() if file.suffix in (".md", ".svg", ".png")}
    assert lying == {*build.PAGES, *build.PICTURES}
