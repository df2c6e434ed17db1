from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from search.names import NameProblem, TrainableRef, find_trainable, shipped_trainables

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
