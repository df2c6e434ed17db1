"""The page of the optimizers: which can be named, with which arguments, and which cannot."""

from __future__ import annotations

import json

from trainables.components import optimizers
from trainables.components.listing import ComponentRow
from trainables.components.trace import Driver, trace
from trainables.docs import markdown

_WORDS = """
A name is looked for in torch.optim exactly as it is written, then in pytorch_optimizer in any case.
An argument without a default is needed; those that count the steps of the fit are filled in.
"""


def text() -> str:
    rows = optimizers.table()
    usable = [row for row in rows if row.works]
    refused = [row for row in rows if not row.works]
    return markdown.page(
        "Optimizers",
        " ".join(_WORDS.split()),
        f"## {len(usable)} that can be named",
        markdown.table(("name", "library", "note", "arguments"), map(_usable, usable)),
        f"## {len(refused)} that cannot",
        markdown.table(("name", "library", "why"), map(_refused, refused)),
    )


def _usable(row: ComponentRow) -> tuple[str, ...]:
    twin = f"as `{row.same_as}`" if row.same_as else ""
    dead = "" if _follows(row) else "`lr` has no effect unless other arguments are changed"
    notes = "; ".join(note for note in (twin, dead, row.note) if note)
    return f"`{row.name}`", row.library, notes, markdown.arguments(row.arguments)


def _follows(row: ComponentRow) -> bool:
    """Whether the rate reaches the weights; true where there is none to set."""
    if "lr" not in row.arguments:
        return True
    first, second = (_trained(row.name, rate) for rate in (1e-3, 1e-2))
    return first != second


def _trained(name: str, rate: float) -> str:
    driver = Driver(json.dumps({"name": name, "lr": rate}), scheduler=None, epochs=2)
    return trace(driver, {})[1]


def _refused(row: ComponentRow) -> tuple[str, ...]:
    return f"`{row.name}`", row.library, row.reason
