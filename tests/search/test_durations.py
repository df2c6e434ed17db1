from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from search.durations import LONGEST, UNITS, Duration

ADAPTER: TypeAdapter[float] = TypeAdapter(Duration)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("15min", 900),
        ("2h", 7200),
        ("1d", 86_400),
        ("1.5h", 5400),
        (" 2 min ", 120),
        ("1e2s", 100),
        ("365d", 31_536_000),
    ],
)
def test_a_length_of_time_is_seconds(text: str, seconds: float) -> None:
    assert ADAPTER.validate_python(text) == seconds


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(90.0, "90s"), (120.0, "2min"), (5400.0, "90min"), (86_400.0, "1d"), (0.25, "0.25s")],
)
def test_it_is_written_in_the_largest_unit_that_is_whole(seconds: float, text: str) -> None:
    assert ADAPTER.dump_python(seconds) == ADAPTER.dump_python(seconds, mode="json") == text


@given(st.floats(min_value=1e-9, max_value=LONGEST * UNITS["d"]))
def test_what_is_written_is_read_back_exactly(seconds: float) -> None:
    assert ADAPTER.validate_python(ADAPTER.dump_python(seconds)) == seconds


@pytest.mark.parametrize("text", ["1min", "1 h", "365d", "0.001s"])
def test_the_schema_lets_pass_what_is_read(text: str) -> None:
    pattern = ADAPTER.json_schema()["pattern"]
    assert re.search(pattern, text)
    assert ADAPTER.validate_python(text) > 0


@pytest.mark.parametrize("text", ["-1s", "3 parsecs", "10", "", "366d"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        ADAPTER.validate_python(text)
