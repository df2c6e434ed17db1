"""The learning-rate curve of each scheduler, computed by running it, and their one picture."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainables.components import schedulers
from trainables.components.component import SchedulerComponent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

EPOCHS, STEPS_PER_EPOCH = 20, 10

EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    "CosineAnnealingWarmRestarts": {"T_0": 5},
    "CyclicLR": {"base_lr": 0.2, "max_lr": 1.0},
    "ExponentialLR": {"gamma": 0.85},
    "MultiStepLR": {"milestones": [6, 12], "gamma": 0.4},
    "OneCycleLR": {"max_lr": 1.0},
    "ReduceLROnPlateau": {"factor": 0.5, "patience": 2},
    "StepLR": {"step_size": 5, "gamma": 0.5},
    "cosine": {"max_lr": 1.0, "warmup_steps": 20},
    "cosine_annealing_with_warmup": {
        "max_lr": 1.0,
        "first_cycle_steps": 100,
        "warmup_steps": 20,
        "gamma": 0.6,
    },
    "linear": {"max_lr": 1.0, "warmup_steps": 20},
    "warmup_stable_decay": {"cooldown_type": "linear"},
}
"""Arguments under which the shape shows; the other schedulers are drawn with their defaults."""


@dataclass(frozen=True)
class Curve:
    """The rates of a fit at `optimizer.lr` = 1, one for each step."""

    name: str
    rates: tuple[float, ...]
    follows: bool
    """Whether the rates follow `optimizer.lr`; the others write rates of their own."""


@lru_cache(maxsize=1)
def curves() -> tuple[Curve, ...]:
    """The curve of each scheduler that a config may name; twins of torch's are left out."""
    rows = [entry for entry in schedulers.table() if entry.row.works and not entry.row.same_as]
    return tuple(_curve(entry.row.name) for entry in rows)


def draw(file: Path) -> None:
    """All curves as small panels in one SVG file, the same bytes each time."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    each, columns = curves(), 7
    lines = -(-len(each) // columns)
    with mpl.rc_context({"svg.hashsalt": "tune-run", "svg.fonttype": "none", "font.size": 7}):
        figure = Figure(figsize=(1.7 * columns, 1.5 * lines), layout="constrained")
        panels = list(figure.subplots(lines, columns, sharex=True, squeeze=False).flat)
        for panel, curve in zip(panels, each, strict=False):
            _panel(panel, curve)
        for panel in panels[len(each) :]:
            panel.set_axis_off()
        figure.supxlabel("epoch")
        figure.supylabel("rate, blue: times optimizer.lr, orange: its own")
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})


def _panel(panel: Axes, curve: Curve) -> None:
    epochs, rates = _corners(curve.rates)
    colour = "#1f5fa8" if curve.follows else "#c8641b"
    panel.plot(epochs, rates, color=colour, linewidth=1.2)
    panel.set_title(curve.name, fontsize=6)
    panel.set_ylim(0.0, 1.08 * max(1.0, *curve.rates))
    panel.set_xlim(0, EPOCHS)
    panel.set_xticks((0, EPOCHS // 2, EPOCHS))
    panel.locator_params(axis="y", nbins=2)
    panel.spines[["top", "right"]].set_visible(False)


def _corners(rates: tuple[float, ...]) -> tuple[list[float], list[float]]:
    """The points between which straight lines are drawn: those at which the rate changes."""
    last = len(rates) - 1
    kept = [
        step
        for step in range(len(rates))
        if step in (0, last) or rates[step - 1] != rates[step] or rates[step] != rates[step + 1]
    ]
    return [step / STEPS_PER_EPOCH for step in kept], [round(rates[step], 4) for step in kept]


def _curve(name: str) -> Curve:
    rates = _rates(name, lr=1.0)
    return Curve(name, rates, follows=_rates(name, lr=0.5) != rates)


def _rates(name: str, lr: float) -> tuple[float, ...]:
    import torch

    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr, momentum=0.9)
    component = SchedulerComponent.model_validate({"name": name, **EXAMPLES.get(name, {})})
    horizon = schedulers.Horizon(EPOCHS, EPOCHS * STEPS_PER_EPOCH)
    rates = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        built = schedulers.build(component, optimizer, horizon, {"val_auc": "max"})
        for step in range(horizon.steps):
            rates.append(float(optimizer.param_groups[0]["lr"]))
            if built.interval == "step" or (step + 1) % STEPS_PER_EPOCH == 0:
                built.scheduler.step(*(() if built.monitor is None else (_metric(step),)))
    return tuple(rates)


def _metric(step: int) -> float:
    """A metric that gets better for the first quarter of the fit and then stands still."""
    return min(step / STEPS_PER_EPOCH, EPOCHS / 4)
