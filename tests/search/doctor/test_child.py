from __future__ import annotations

import math
from pathlib import Path

import pytest

from search.doctor.child import ChildError, ask


def test_the_answer_of_a_function_comes_back() -> None:
    assert ask("math", "hypot", 3, 4) == math.hypot(3, 4)


def test_what_a_library_prints_is_no_answer() -> None:
    assert ask("builtins", "print", "hello") is None


@pytest.mark.parametrize(
    ("module", "function", "argument", "said"),
    [
        ("builtins", "int", "x", "ValueError: invalid literal for int() with base 10: 'x'"),
        ("nosuch", "f", 0, "ModuleNotFoundError: No module named 'nosuch'"),
        ("sys", "exit", 3, "the process ended with code 3 and said nothing"),
        ("signal", "raise_signal", 9, "the process ended with SIGKILL"),
    ],
)
def test_a_process_that_fails_is_told_by_its_last_words(
    module: str, function: str, argument: object, said: str
) -> None:
    with pytest.raises(ChildError) as error:
        ask(module, function, argument)
    assert str(error.value) == said


def test_a_process_that_hangs_is_ended() -> None:
    with pytest.raises(ChildError, match=r"^no answer within 2 s"):
        ask("time", "sleep", 200, patience=2)


def test_a_file_in_the_working_directory_is_not_taken_for_a_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "colorsys.py").write_text("raise SystemExit('the wrong file')")
    monkeypatch.chdir(tmp_path)
    assert ask("colorsys", "rgb_to_yiq", 0, 0, 0) == [0, 0, 0]
