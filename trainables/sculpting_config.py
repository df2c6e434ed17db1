"""The section `sculpting`: in which variable a cut on the score is looked at."""

from __future__ import annotations

from pydantic import Field, field_validator

from trainables.contract import Frozen


class Sculpting(Frozen):
    """What `val_jsd` and `val_dcor` are measured in."""

    variable: str
    """A column, such as a mass; the network sees it only if `data.features` lists it."""
    bins: int = Field(default=30, ge=2)
    """Bins of equal width; more of them see finer bumps, and need more background."""
    range: list[float] | None = Field(default=None, min_length=2, max_length=2)
    """Where the first bin begins and the last ends; null for the training background. What lies
    outside is counted in the bin at that end."""
    efficiency: float = Field(default=0.5, gt=0, lt=1)
    """Share of the signal that the cut keeps."""

    @field_validator("range")
    @classmethod
    def _upwards(cls, given: list[float] | None) -> list[float] | None:
        if given is not None and not given[0] < given[1]:
            raise ValueError(
                f"begins at {given[0]:g} and ends at {given[1]:g}; write the lower first"
            )
        return given
