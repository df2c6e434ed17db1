"""Where the events of a fake factor come from: a toy with known truth, or a table of one's own."""

from __future__ import annotations

from pydantic import Field, model_validator

from trainables.contract import Frozen
from trainables.table_file import GENERATED

VARIABLES = ("pt", "eta", "met")
"""What closure is judged in; each is the name of the key that names its column."""

_OF_TOYS = {"tight": "tight", "is_data": "is_data", "weight": "weight", "true_ff": "true_ff"}
_OF_FILES = {"n_events": None, "generator_seed": 0}


class FakesData(Frozen):
    """Which events are trained on, what their columns mean, and how they are cut up."""

    path: str = f"{GENERATED}four_features"
    """`generated:four_features`, `generated:three_features`, or a CSV, Parquet or HDF5 file."""
    table: str | None = None
    """Where the table lies inside an HDF5 file; null for its root."""
    generator_seed: int = Field(default=0, ge=0)
    """Draws the events of a toy; it is not the trial's seed."""
    n_events: int | None = Field(default=None, ge=200)
    """Data events of a toy; null for its own number."""
    features: list[str] | None = None
    """Columns the networks see; null for every numeric one that has no other meaning here."""
    tight: str = "tight"
    """Column that tells tight (1) from loose (0)."""
    is_data: str | None = "is_data"
    """Column that tells data (1) from prompt MC (0); null if all is data, with no prompts in it."""
    weight: str | None = "weight"
    """Column of event weights (prescales, MC weights); null for 1. They may be negative."""
    true_ff: str | None = None
    """Column of the true fake factor, empty where there is none; a toy brings its own."""
    pt: str | None = "pt"
    """Column of the transverse momentum, for closure and `pt_range`."""
    eta: str | None = "eta"
    """Column of the pseudorapidity, whose absolute value is used for closure and `crack_veto`."""
    met: str | None = "met"
    """Column of the missing transverse momentum, for closure; any third variable will do."""
    pt_range: tuple[float, float | None] | None = Field(default=None, strict=False)
    """Keep only the slice [low, high) of `pt`; high may be null."""
    crack_veto: bool = False
    """Leave out 1.37 <= |eta| < 1.52, where the calorimeter of ATLAS has its gap."""
    batch_size: int = Field(default=1024, ge=8)
    """Most rows in a training batch of a stage that does not say its own."""
    val_fraction: float = Field(default=0.25, gt=0, lt=1)
    """Share of the events that trials are compared on."""
    test_fraction: float = Field(default=0.25, gt=0, lt=1)
    """Share of the events that only finalists see."""
    split_seed: int = Field(default=0, ge=0)
    """Cuts all trials alike; it is not the trial's seed."""
    closure_bins: int = Field(default=8, ge=2, le=100)
    """Bins of each closure variable, with equally many loose training data in each."""

    @property
    def is_toy(self) -> bool:
        """Whether the events are drawn, not read."""
        return self.path.startswith(GENERATED)

    @model_validator(mode="after")
    def _what_the_path_decides(self) -> FakesData:
        """A toy names its own columns, and a file is not drawn."""
        fixed = _OF_TOYS if self.is_toy else _OF_FILES
        for key, value in fixed.items():
            if getattr(self, key) not in (value, None if key == "true_ff" else value):
                kind = "a toy, whose columns have names of their own" if self.is_toy else "a file"
                raise ValueError(f"data.{key} has no meaning for {kind}; leave it out")
        return self

    @model_validator(mode="after")
    def _columns_for_the_cuts(self) -> FakesData:
        if self.pt is None and self.eta is None and self.met is None:
            raise ValueError("closure needs a variable: name the column of pt, eta or met")
        if self.crack_veto and self.eta is None:
            raise ValueError("crack_veto needs eta, the column of the pseudorapidity")
        if self.pt_range is not None and self.pt is None:
            raise ValueError("pt_range needs pt, the column of the transverse momentum")
        if self.pt_range is not None and not self.pt_range[0] < (self.pt_range[1] or float("inf")):
            raise ValueError(f"pt_range {list(self.pt_range)} is empty: low must be below high")
        return self


CUT = (
    *("path", "table", "generator_seed", "n_events", "tight", "is_data", "pt_range", "crack_veto"),
    *("val_fraction", "test_fraction", "split_seed"),
)
"""The keys that decide which events there are, and which part each of them is in."""

_OTHER_EVENTS = "it decides which events closure is judged on, which must be the same for all"
_OTHER_MEANING = "it decides what closure means, and trials must answer the same question"

DATA_NOT_SEARCHED = {
    **{f"data.{key}": _OTHER_EVENTS for key in CUT},
    **{
        f"data.{key}": _OTHER_MEANING
        for key in ("weight", "true_ff", "pt", "eta", "met", "closure_bins")
    },
}
"""Keys of the data that every trial of a search must share, each with the reason."""
