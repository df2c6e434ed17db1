from __future__ import annotations

from pathlib import Path

import pytest

from search.results.standalone import needs_of


@pytest.mark.parametrize(
    ("source", "needs"),
    [
        ("import math, torch.nn\nfrom pathlib import Path", ()),
        ("import net", ("net.py",)),
        ("import net.parts as parts", ("net.py",)),
        ("from net import Net\nfrom layers.blocks import Block", ("layers/", "net.py")),
        ("def fit(config, trial):\n    from net import Net", ("net.py",)),
        ("import figures", ()),
        ("TABLE = open(__file__ + '.csv')", ("__file__",)),
        ("TEXT = 'import net'", ()),
    ],
)
def test_a_file_needs_what_it_imports_from_its_folder(
    tmp_path: Path, source: str, needs: tuple[str, ...]
) -> None:
    (tmp_path / "net.py").touch()
    (tmp_path / "layers").mkdir()
    (tmp_path / "layers" / "blocks.py").touch()
    (tmp_path / "figures").mkdir()  # no Python in it
    (tmp_path / "mine.py").write_text(source)
    assert needs_of(tmp_path / "mine.py") == needs
