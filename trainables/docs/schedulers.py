"""The page of the schedulers: their curves, which can be named and how, and which cannot."""

from __future__ import annotations

from trainables.components import schedulers
from trainables.components.schedulers import SchedulerRow
from trainables.docs import markdown
from trainables.docs.curves import EPOCHS, EXAMPLES, STEPS_PER_EPOCH, curves

PICTURE = "schedulers.svg"

_WORDS = """
A name is looked for in torch.optim.lr_scheduler exactly as it is written, then in
pytorch_optimizer in any case, then among ours; `none` leaves the rate alone. `interval: epoch` or
`interval: step` says when a scheduler moves, instead of what stands here. An argument without a
default is needed. ReduceLROnPlateau moves after each validation by the metric `monitor`, whose
direction follows from the metric.
"""

_WARM_UPS = (
    ("`n_warmup_steps`", "`warmup_fraction`, a share of all steps"),
    ("`lr_mul`, `d_model`", "`optimizer.lr`, the peak: lr_mul / sqrt(d_model n_warmup_steps)"),
    ("`a`, `c`", "`optimizer.lr` = 0.42888 a, `warmup_fraction` = 1 / (2 c) of all steps"),
    ("`max_lr`", "`optimizer.lr`"),
    ("`min_lr`", "`min_ratio`, a share of `optimizer.lr`"),
    ("`freeze_step`", "`freeze_fraction`, a share of all steps"),
)
"""What the arguments that the four warm-ups usually have are here."""


def text() -> str:
    rows = schedulers.table()
    usable = [entry for entry in rows if entry.row.works]
    refused = [entry.row for entry in rows if not entry.row.works]
    return markdown.page(
        "Schedulers of the learning rate",
        " ".join(_WORDS.split()),
        f"![The rate over {EPOCHS} epochs under each scheduler]({PICTURE})",
        f"Drawn over {EPOCHS} epochs of {STEPS_PER_EPOCH} steps with their defaults, "
        f"but for {_examples()}.",
        f"## {len(usable)} that can be named",
        markdown.table(
            ("name", "library", "moves every", "rate", "arguments"),
            map(_usable, usable),
        ),
        "## The warm-ups",
        "Their peak is `optimizer.lr`, so that it stays in charge.",
        markdown.table(("elsewhere", "here"), _WARM_UPS),
        f"## {len(refused)} that cannot",
        markdown.table(
            ("name", "library", "why"),
            [(f"`{row.name}`", row.library, row.reason) for row in refused],
        ),
    )


def _usable(entry: SchedulerRow) -> tuple[str, ...]:
    row = entry.row
    filled = {name: _share(share) for name, share in entry.filled.items()}
    return (
        f"`{row.name}`",
        row.library,
        entry.interval,
        f"as `{entry.row.same_as}`" if entry.row.same_as else _rate(entry),
        markdown.arguments({**row.arguments, **filled}),
    )


def _rate(entry: SchedulerRow) -> str:
    follows = {curve.name: curve.follows for curve in curves()}[entry.row.name]
    words = "follows `optimizer.lr`" if follows else "its own; `optimizer.lr` has no effect"
    return f"{words}; {entry.row.note}" if entry.row.note else words


def _share(share: float) -> str:
    return "the whole fit" if share == 1.0 else f"{share:.0%} of the fit"


def _examples() -> str:
    drawn = {curve.name for curve in curves()}
    return "; ".join(
        f"{name} ({', '.join(f'{key}: {value}' for key, value in given.items())})"
        for name, given in EXAMPLES.items()
        if name in drawn
    )
