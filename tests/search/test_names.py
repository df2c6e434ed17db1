from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from search.names import (
    NameProblem,
    TrainableRef,
    find_trainable,
    make_importable,
    shipped_trainables,
)

Write = Callable[..., Path]
ROOT = Path(__file__).parents[2]


def test_a_file_is_found_beside_the_space_file(write: Write, tmp_path: Path) -> None:
    write()
    reference = find_trainable("./toy.py", tmp_path)
    assert reference == TrainableRef("./toy.py", str(tmp_path / "toy.py"))
    assert reference.name == "toy"
    assert "val_auc" in reference.load().METRICS


def test_a_reference_is_loaded_by_another_process(write: Write, tmp_path: Path) -> None:
    write()
    reference = find_trainable("./toy.py", tmp_path)
    code = "import pickle, sys; print(pickle.load(sys.stdin.buffer).load().Config.__name__)"
    done = subprocess.run(
        [sys.executable, "-c", code], input=pickle.dumps(reference), capture_output=True, cwd=ROOT
    )
    assert done.stdout == b"Config\n", done.stderr


def test_a_module_beside_the_space_file_is_importable(write: Write, tmp_path: Path) -> None:
    write()
    (tmp_path / "my_lab").mkdir()
    (tmp_path / "my_lab" / "mine.py").write_text((tmp_path / "toy.py").read_text())
    assert find_trainable("my_lab.mine", tmp_path).load().Config.__module__ == "my_lab.mine"


def test_own_folders_come_after_what_is_installed_and_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ["/first", "/second"]
    monkeypatch.setattr(sys, "path", list(before))
    make_importable([str(tmp_path), "/second", str(tmp_path)])
    assert sys.path == [*before, str(tmp_path)]


@pytest.fixture
def installed(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The module `their_lab.mine`, installed below the current folder as in a `.venv`."""
    write()
    folder = tmp_path / ".venv" / "site-packages"
    (folder / "their_lab").mkdir(parents=True)
    (folder / "their_lab" / "__init__.py").touch()
    (folder / "their_lab" / "mine.py").write_text((tmp_path / "toy.py").read_text())
    monkeypatch.syspath_prepend(str(folder))
    return folder


@pytest.mark.parametrize("before", ["", "def f(:\n"])
def test_an_installed_package_is_neither_run_nor_read_unasked(
    installed: Path, tmp_path: Path, before: str
) -> None:
    (installed / "their_lab" / "__init__.py").write_text(before)
    with pytest.raises(NameProblem, match=r"is installed .* --allow-module their_lab allows it"):
        find_trainable("their_lab.mine", tmp_path)


def test_an_installed_package_that_the_user_names_is_run(installed: Path, tmp_path: Path) -> None:
    reference = find_trainable("their_lab.mine", tmp_path, ["their_lab"])
    assert reference.load().Config.__module__ == "their_lab.mine"


def test_a_shipped_trainable_may_be_named_with_its_package(tmp_path: Path) -> None:
    assert find_trainable("trainables.signal", tmp_path).name == "trainables.signal"


def test_a_file_that_everybody_can_write_is_not_run(write: Write, tmp_path: Path) -> None:
    write()
    (tmp_path / "toy.py").chmod(0o666)
    with pytest.raises(NameProblem, match=r"everybody can write .*chmod o-w"):
        find_trainable("./toy.py", tmp_path)


def test_the_shipped_trainables_are_found_without_importing() -> None:
    assert "signal" in shipped_trainables()
    assert "contract" not in shipped_trainables()


WRONG = [
    ("import nosuch_library\n", "cannot be imported: No module named 'nosuch_library'"),
    ("1 / 0\n", "cannot be imported: ZeroDivisionError: division by zero"),
    ("raise SystemExit(3)\n", "cannot be imported: SystemExit: 3"),
    ("def f(:\n", "cannot be imported: SyntaxError: invalid syntax"),
    ("x = 1\n", "is no trainable: it has no Config, METRICS, check_data, probe, fit, evaluate"),
    (
        "from toy import *\nfrom toy import METRICS\nclass Config: pass\n",
        "its Config is no subclass of TrialConfig",
    ),
    (
        "from toy import *\nMETRICS = {'a': 'max'}\n",
        "its METRICS is no mapping from names to Metric",
    ),
    ("from toy import *\nMETRICS = {}\n", "its METRICS is empty, so nothing can be optimised"),
]


@pytest.mark.parametrize(("text", "expected"), WRONG)
def test_a_module_that_is_no_trainable_says_why(
    write: Write, tmp_path: Path, text: str, expected: str
) -> None:
    write()
    (tmp_path / "bad.py").write_text(text)
    with pytest.raises(NameProblem) as error:
        find_trainable("./bad.py", tmp_path).load()
    assert expected in str(error.value)
