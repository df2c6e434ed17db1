from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from search.text.writing import as_yaml
from search.text.yaml_file import parse

# Words that are numbers in YAML 1.2 alone, words that are truth values in YAML 1.1 alone, and
# words that mean something in both (YAML 1.2.2, section 10.3.2, and YAML 1.1, types).
WORDS = [
    "1e-3",
    "08",
    "0o17",
    "1E5",
    "on",
    "no",
    "null",
    "~",
    "",
    ".inf",
    "true",
    "1_0",
    "12:30",
    "»x",
]


def read(text: str) -> Any:
    document, problems = parse(Path("any.yaml"), text)
    assert problems == []
    return document.data


@pytest.mark.parametrize("word", WORDS)
def test_a_text_stays_a_text_for_both_generations_of_readers(word: str) -> None:
    written = as_yaml({"word": word})
    assert read(written) == {"word": word}
    assert yaml.safe_load(written) == {"word": word}


def test_plain_words_are_not_quoted() -> None:
    assert as_yaml({"b": "SGD", "a": [1, 0.5, None, True]}) == (
        "b: SGD\na:\n- 1\n- 0.5\n- null\n- true\n"
    )


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**63) + 1, 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20)
    | st.from_regex(r"[-+]?[0-9]{0,3}[.]?[0-9]{0,3}([eE][-+]?[0-9]{1,2})?", fullmatch=True)
)


@given(st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3), max_leaves=6))
def test_what_is_written_is_read_again(data: Any) -> None:
    assert read(as_yaml({"data": data})) == {"data": data}
