"""The page of the losses: which serve which task, how they are fed, and which cannot be named."""

from __future__ import annotations

from trainables.components import losses
from trainables.components.feeds import FEEDS
from trainables.components.loss_table import Fed
from trainables.components.losses import LossRow
from trainables.docs import markdown

_WORDS = """
The network gives one logit a sample for two classes, and one for each class for more. A name is
looked for in torch.nn exactly as it is written, then in pytorch_optimizer in any case, then among
ours. "Fed with" tells what the loss is given; weights (`data.weight`, `data.class_weights`) need a
value a sample. What the task decides (the reduction, the mode, the number of classes and the rows
in each) is no argument.
"""


def text() -> str:
    rows = losses.table()
    usable = [entry for entry in rows if entry.row.works]
    head = ("name", "library", "fed with", "weights", "note", "arguments")
    binary = [_usable(entry, entry.known.binary) for entry in usable if entry.known.binary]
    multi = [_usable(entry, entry.known.multiclass) for entry in usable if entry.known.multiclass]
    refused = [entry.row for entry in rows if not entry.row.works]
    return markdown.page(
        "Losses",
        " ".join(_WORDS.split()),
        f"## {len(binary)} for two classes",
        markdown.table(head, binary),
        f"## {len(multi)} for more than two classes",
        markdown.table(head, multi),
        "## In the task that a loss does not serve",
        markdown.table(("name", "serves", "elsewhere use"), _one_sided(usable)),
        f"## {len(refused)} that cannot be named",
        markdown.table(
            ("name", "library", "why"),
            [(f"`{row.name}`", row.library, row.reason) for row in refused],
        ),
    )


def _usable(entry: LossRow, fed: Fed) -> tuple[str, ...]:
    words, weights = FEEDS[fed.feed].words, "yes" if fed.per_sample else "no"
    row = entry.row
    named = markdown.arguments(row.arguments)
    return f"`{row.name}`", row.library, words, weights, row.note, named


def _one_sided(usable: list[LossRow]) -> list[tuple[str, str, str]]:
    return [
        (
            f"`{entry.row.name}`",
            "two classes" if entry.known.binary else "more than two",
            f"`{entry.known.instead}`",
        )
        for entry in usable
        if entry.known.instead
    ]
