"""The page of `signal`: every option of SeeSawML's checklist, ours, its default and its test."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from trainables import architectures
from trainables.docs import markdown
from trainables.docs.signal_options import ARCHITECTURES, LEFT_OUT, SECTIONS, Option
from trainables.signal_config import METRICS, Config

_WORDS = """
Names on the left are those of SeeSawML, whose users will look for them; those beside them go into a
config or, with a range, into the space of a search. A searched option
that cannot act where it stands is refused before the first trial.
"""

_HEAD = ("theirs", "ours", "default", "what it says", "tested in", "note")


def text() -> str:
    parts = [" ".join(_WORDS.split())]
    for title, options in ARCHITECTURES.items():
        parts += [f"## Architecture: {title}", markdown.table(_HEAD, _rows(options))]
    for title, options in SECTIONS.items():
        parts += [f"## {title}", markdown.table(_HEAD, _rows(options))]
    metrics = [
        (f"`{name}`", metric.direction, metric.description) for name, metric in METRICS.items()
    ]
    parts += [
        "## What a trial reports",
        markdown.table(("metric", "better", "what it is"), metrics),
    ]
    left_out = [(name, reason) for name, reason in LEFT_OUT.items()]
    parts += ["## Left out", markdown.table(("theirs", "why"), left_out)]
    return markdown.page("signal", *parts)


def _rows(options: Iterable[Option]) -> Iterator[tuple[str, ...]]:
    for option in options:
        fields = [field_of(option, key) for key in option.ours]
        prefix = "architecture." if option.of else ""
        yield (
            option.theirs,
            markdown.code(prefix + key for key in option.ours),
            ", ".join(_default(field) for field in fields),
            "; ".join(" ".join((field.description or "").split()) for field in fields),
            f"`{option.tested}`",
            option.note,
        )


def field_of(option: Option, key: str) -> FieldInfo:
    """The field of the config that a dotted key names. **Raises** KeyError if there is none."""
    model: Any = architectures.ARCHITECTURES[option.of] if option.of else Config
    *sections, last = key.split(".")
    for name in sections:
        model = _model(_named(model, name).annotation)
    return _named(model, last)


def _named(model: type[BaseModel], name: str) -> FieldInfo:
    by_name = {field.alias or key: field for key, field in model.model_fields.items()}
    return by_name[name]


def _model(annotation: Any) -> type[BaseModel]:
    """The model that a section is made of, without the null that turns it off."""
    parts = getattr(annotation, "__args__", (annotation,))
    return next(part for part in parts if isinstance(part, type) and issubclass(part, BaseModel))


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "must be given"
    value = field.get_default(call_default_factory=True)
    return (
        "null"
        if value is None
        else f"`{value}`".lower()
        if isinstance(value, bool)
        else f"`{value}`"
    )
