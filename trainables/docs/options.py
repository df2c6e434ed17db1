"""The page of the options: every key of the shared sections, and why something is no option."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from trainables import sections
from trainables.contract import LOGS
from trainables.docs import markdown
from trainables.docs.option_tests import TESTS
from trainables.docs.original_options import ELSEWHERE, KEYS
from trainables.fake_factor.config import ALONE
from trainables.logger_kinds import KINDS, Kind
from trainables.no_options import NO_OPTIONS
from trainables.pictures.table import PICTURES
from trainables.signal_config import SignalTrainer

SECTIONS: Mapping[str, type[BaseModel]] = {
    "trainer": sections.TrainerSection,
    "early_stopping": sections.EarlyStopping,
    "checkpointing": sections.Checkpointing,
    "logging": sections.Logging,
}
"""The sections of a config that every trainable with Lightning shares."""

OF_SHIPPED = [
    f"trainer.{name}"
    for name in SignalTrainer.model_fields
    if name not in sections.TrainerSection.model_fields
]
"""Keys that `signal` and `fakes` have beside them, and an adapted module has not."""


_HEAD = ("key", "default", "what it does", "SeeSawML", "tested by")


def text() -> str:
    return markdown.page(
        "Options",
        "What a config can say in the sections that every trainable shares, with its default. "
        "`SeeSawML` is what that program calls it. `null` turns a feature off.",
        *(part for name, model in SECTIONS.items() for part in _section(name, model)),
        "## `trainer` of `signal` and `fakes`",
        "These two have it too. A module of your own, brought in by the adapter, has not: it makes "
        "its optimizers and schedules itself.",
        markdown.table(_HEAD, (_row(key, SignalTrainer) for key in OF_SHIPPED)),
        "## What `fakes` refuses",
        "It trains three networks in turn, which cannot have every option; `trainables/docs/"
        "fakes.md` has what it has beside them.",
        markdown.table(("key", "allowed", "why nothing else"), _refused()),
        "## Loggers",
        f"`logging.loggers` names any of these, each with its own arguments; they write into "
        f"`{LOGS}/` of the trial, apart for each attempt, by the first of several workers. "
        "Keys and tokens are shown nowhere, and are best left to the variables of the "
        "environment that these packages read, such as `COMET_API_KEY`. Of an epoch after which "
        "the search stops a trial they are told the validation metrics alone. Lightning's "
        "CometLogger writes nothing where it is told `online: false`.",
        markdown.table(("name", "package", "ours"), map(_logger, KINDS, KINDS.values())),
        "## Pictures of `signal`",
        "`logging.plot_every_n_epochs` writes them into `pictures/` of the trial, and its MLflow "
        "run has them too. A set takes about 0.08 s of one core, however long an epoch is. In the "
        "training of `configs/signal.yaml`, 1.5 s in all, one set at the end is 4 % more time on "
        "the processor, one every 5 epochs 20 %, one each epoch 113 %: give longer trials more.",
        markdown.table(
            ("name", "what it shows"), ((f"`{name}`", _told(d)) for name, d in PICTURES.items())
        ),
        "## Not options of `trainer`",
        "Lightning's Trainer has these too. Here they are refused, each with the reason.",
        markdown.table(
            ("argument", "instead"), ((f"`{name}`", why) for name, why in NO_OPTIONS.items())
        ),
        "## Where the other options of SeeSawML are",
        markdown.table(("SeeSawML", "here"), ((f"`{n}`", w) for n, w in ELSEWHERE.items())),
    )


def keys() -> Iterable[str]:
    """Every key that the page explains."""
    shared = [f"{name}.{field}" for name, model in SECTIONS.items() for field in model.model_fields]
    return [*shared, *OF_SHIPPED]


def _section(name: str, model: type[BaseModel]) -> tuple[str, str]:
    rows = (_row(f"{name}.{field}", model) for field in model.model_fields)
    return f"## `{name}`", markdown.table(_HEAD, rows)


def _refused() -> Iterator[tuple[str, str, str]]:
    for key, (allowed, reason) in ALONE.items():
        yield f"`trainer.{key}`", markdown.code(dict.fromkeys(map(_written, allowed))), reason
    yield "`logging.plot_every_n_epochs`", "`null`", "fakes draw no pictures"


def _row(key: str, model: type[BaseModel]) -> tuple[str, ...]:
    field = model.model_fields[key.rpartition(".")[2]]
    default = "needed" if field.is_required() else f"`{_written(field.default)}`"
    theirs = f"`{KEYS[key]}`" if key in KEYS else ""
    return f"`{key}`", default, field.description or "", theirs, markdown.code(TESTS[key])


def _written(value: Any) -> str:
    """A default as YAML has it."""
    if isinstance(value, bool):
        return str(value).lower()
    return "null" if value is None else str(value)


def _told(draw: Callable[..., object]) -> str:
    return inspect.getdoc(draw) or ""


def _logger(name: str, kind: Kind) -> tuple[str, str, str]:
    ours = [kind.places[0], *([kind.title] if kind.title else [])]
    return f"`{name}`", " or ".join(kind.packages), markdown.code(ours)
