"""The page of the optimizers: which can be named, with which arguments, and which cannot."""

from __future__ import annotations

from trainables.components import optimizers
from trainables.components.listing import Row
from trainables.docs import markdown


def text() -> str:
    rows = optimizers.table()
    usable = [row for row in rows if row.works]
    refused = [row for row in rows if not row.works]
    return markdown.page(
        "Optimizers",
        "A name is looked for in torch.optim exactly as it is written, then in pytorch_optimizer "
        "in any case. An argument without a default is needed.",
        f"## {len(usable)} that can be named",
        markdown.table(("name", "library", "arguments"), map(_usable, usable)),
        f"## {len(refused)} that cannot",
        markdown.table(("name", "library", "why"), map(_refused, refused)),
    )


def _usable(row: Row) -> tuple[str, ...]:
    return f"`{row.name}`", row.library, markdown.arguments(row.arguments)


def _refused(row: Row) -> tuple[str, ...]:
    return f"`{row.name}`", row.library, row.reason
