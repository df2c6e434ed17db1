"""The page of `disco` and `sculpting`: options, the rule of the bias, the measured trade-off."""

from __future__ import annotations

import csv
import json
import statistics
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from trainables.components.disco_config import BIAS, COMPARED, FEWEST, LARGEST_BATCH, Disco
from trainables.docs import markdown
from trainables.sculpting_config import Sculpting
from trainables.signal_metrics import METRICS, OF_DISCO, OF_SCULPTING

TRADE_OFF = Path(__file__).with_name("disco_trade_off.csv")
FRONT = Path(__file__).with_name("disco_front.csv")
"""Columns of `tables/pareto.csv` of one run of the search."""
MEASURED = ("val_auc", "val_rejection_50", "val_jsd", "val_dcor")
"""The numbers of the table that are shown."""

_WHAT = """
A classifier that can infer the mass of an event prefers background whose mass is like the
signal's: a cut on its score carves a peak into the background (it sculpts the mass). DisCo
(Kasieczka and Shih, arXiv:2001.05310) adds to the loss, for each of `disco.variables`,
`disco.lambda` times the distance correlation between the variable and what the network says, on
the background of each batch. Distance correlation is 0 for independent numbers alone. A variable
is carried along and not seen by the network, unless `data.features` lists it; so list the
features where `disco.variables` is searched, or else each trial sees other columns.
"""

_JUDGED = """
`val_loss` is no fair measure of trials whose `disco` differs: its scale changes with lambda. Fair
are `val_auc` and the rejections beside what the section `sculpting` measures, all of which depend
on the order of the scores alone: `metric: [val_auc, val_jsd]` with `mode: [max, min]` searches
the trade-off (spaces/signal_disco.yaml). These metrics are reported where their section is there,
and none of them is defined for three or more classes but those of `disco` itself.

A distance correlation looks at the bulk of the background, and a hard cut at the few events in its
tail: `val_dcor` is near 0 long before `val_jsd` is, so judge by the latter. Two samples of one and
the same shape still differ by chance: `val_jsd` is then about (bins - 1) / (8 ln 2) times the sum
of 1 / n over those that pass and those that fail, so that a smaller one means nothing.
"""

_GENERATOR = """
`data.path: generated:resonance` is a generator and no recorded data: a peak at 125 GeV over a
falling spectrum, each event two jets from whose momenta and angle the mass follows to about 10 %,
with a b-tag and a missing momentum that know nothing of the mass, and event weights of which one
in 20 is negative. The events are always the same.
"""

_FRONT = """
One run of `tune-run spaces/signal_disco.yaml`: 48 trials, 24 of them stopped by ASHA, which left
480 of 720 epochs to train. What none of them dominates, with the test part for the finalists; the
knee is what `tune-best signal_disco` exports, and the far end of a front may be of no use, so
that a bound (`--pick 'val_jsd<=0.02'`: the best `val_auc` within it) is often what is wanted.
"""


def text() -> str:
    return markdown.page(
        "Decorrelation",
        _line(_WHAT),
        "## The section `disco`",
        markdown.table(("key", "default", "what it does"), _options(Disco)),
        "Left out, or null, nothing is penalised. " + _bias(),
        "## How trials are judged",
        *map(_line, _JUDGED.split("\n\n")),
        markdown.table(("key of `sculpting`", "default", "what it does"), _options(Sculpting)),
        markdown.table(("metric", "better", "what it is"), _metrics()),
        "## What it costs",
        _line(_GENERATOR),
        _measured_words(),
        markdown.table(("lambda", "of", *(f"`{name}`" for name in MEASURED)), _measured_rows()),
        "## The front of a search",
        _line(_FRONT),
        _front(),
    )


def _line(words: str) -> str:
    return " ".join(words.split())


def _options(section: type[BaseModel]) -> list[tuple[str, str, str]]:
    return [
        (f"`{field.alias or name}`", _default(field), field.description or "")
        for name, field in section.model_fields.items()
    ]


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    written = json.dumps(field.default).strip('"')
    options = [str(option) for option in get_args(field.annotation) if isinstance(option, str)]
    others = [option for option in options if option != written]
    return f"`{written}`" + (f" (or {markdown.code(others)})" if others else "")


def _bias() -> str:
    return _line(f"""
        A batch compares all pairs of its N background events, so that memory and time grow with
        the square of N (4 matrices of N x N numbers for each variable and output), and
        `data.batch_size` is {LARGEST_BATCH} at most. The biased form is about
        {BIAS:g} / N for independent numbers (2.5 / N where both are uniform, 3.2 / N where both are
        normal), which the network cannot get rid of: lambda times that is added to the loss for
        nothing. Below {FEWEST} background events a batch `--check` says so; `form: unbiased` has no
        such floor. In a validation up to {COMPARED} events are compared, the same ones each time.
    """)


def _metrics() -> list[tuple[str, str, str]]:
    shown = {**OF_SCULPTING, **OF_DISCO, "val_loss": METRICS["val_loss"]}
    return [
        (f"`{name}`", "larger" if metric.direction == "max" else "smaller", metric.description)
        for name, metric in shown.items()
    ]


def _measured_words() -> str:
    seeds = sorted({row["seed"] for row in _rows()})
    return _line(f"""
        `tune-train configs/signal_disco.yaml disco.lambda=10 disco.of=score --seed 1` and so on,
        the last epoch on the validation part, mean and standard deviation of the seeds
        {", ".join(seeds)}; measured by `python -m tests.benchmarks.disco_trade_off`. Where the
        spread is large, one of the seeds had hardly begun to tell signal from background: a lambda
        of 30 asks for more than 15 epochs.
    """)


def _measured_rows() -> list[tuple[str, ...]]:
    groups: dict[tuple[str, str], list[Mapping[str, str]]] = {}
    for row in _rows():
        groups.setdefault((row["lambda"], row["of"]), []).append(row)
    return [
        (strength, f"`{output}`", *(_spread(rows, name) for name in MEASURED))
        for (strength, output), rows in groups.items()
    ]


def _rows() -> list[dict[str, Any]]:
    with TRADE_OFF.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _front() -> str:
    with FRONT.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    head = [name for name in rows[0] if name != "knee"]
    lines = [
        [
            row[name] + (" (knee)" if name == "trial" and row["knee"] == "True" else "")
            for name in head
        ]
        for row in rows
    ]
    return markdown.table(head, lines)


def _spread(rows: list[Mapping[str, str]], name: str) -> str:
    values = [float(row[name]) for row in rows]
    digits = 1 if name.startswith("val_rejection") else 4
    return f"{statistics.mean(values):.{digits}f} ± {statistics.stdev(values):.{digits}f}"
