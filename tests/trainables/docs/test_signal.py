from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trainables.architectures import ARCHITECTURES as UNION
from trainables.contract import Frozen
from trainables.docs import signal
from trainables.docs.signal_options import ARCHITECTURES, SECTIONS, Option

ROOT = Path(__file__).parents[3]
OPTIONS = [
    option for part in (ARCHITECTURES, SECTIONS) for rows in part.values() for option in rows
]


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: f"{option.of} {option.theirs}")
def test_every_option_is_there_and_has_its_test(option: Option) -> None:
    for key in option.ours:
        assert signal.field_of(option, key)
    assert (ROOT / option.tested).is_file()
    assert option.ours or option.note


def _keys(model: Any, prefix: str = "") -> set[str]:
    """Dotted names of the options of a model, without sections themselves."""
    found: set[str] = set()
    for name, field in model.model_fields.items():
        parts = getattr(field.annotation, "__args__", (field.annotation,))
        section = next(filter(_is_section, parts), None)
        found |= {prefix + name} if section is None else _keys(section, f"{prefix}{name}.")
    return found


def _is_section(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Frozen)


def test_no_option_of_an_architecture_is_missing_on_the_page() -> None:
    told = {(option.of, key) for option in OPTIONS if option.of for key in option.ours}
    elsewhere = ("piecewise.", "flat_fuse.")
    for name, member in UNION.items():
        for key in _keys(member) - {"name"}:
            told_once = key.startswith(elsewhere) and any(key == other for _, other in told)
            assert told_once or (name, key) in told
