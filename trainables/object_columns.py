"""Which list columns of a table hold the features of one kind of objects."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints, field_validator, model_validator

from trainables.contract import Frozen

ObjectKind = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*$")]
"""What a kind of objects is called, such as jets."""

MOMENTUM = ("pt", "eta", "phi", "energy")
"""The parts of a momentum, in this order."""


class ObjectColumns(Frozen):
    """One kind of objects: each column holds a list an event, all of the same length."""

    features: list[str] = Field(min_length=1)
    """Columns the network sees of each object."""
    slots: int | None = Field(default=None, ge=1)
    """Most objects of an event that are seen, the first ones; null: as many as any event has."""
    pt: str | None = None
    """Column of transverse momenta; with eta, phi and energy it lets pairs of objects be seen."""
    eta: str | None = None
    """Column of pseudorapidities."""
    phi: str | None = None
    """Column of azimuths, in radians."""
    energy: str | None = None
    """Column of energies, in the unit of pt."""

    @field_validator("features")
    @classmethod
    def _each_once(cls, given: list[str]) -> list[str]:
        if len(set(given)) < len(given):
            raise ValueError(f"{given} names a column twice")
        return given

    @model_validator(mode="after")
    def _whole_momentum(self) -> ObjectColumns:
        missing = [part for part in MOMENTUM if getattr(self, part) is None]
        if 0 < len(missing) < len(MOMENTUM):
            raise ValueError(
                f"a momentum wants all of {', '.join(MOMENTUM)}; name the column of "
                f"{', '.join(missing)} too, or none of them"
            )
        return self

    @property
    def momentum(self) -> list[str]:
        """The four columns of the momentum, or nothing."""
        named = [getattr(self, part) for part in MOMENTUM]
        return [] if None in named else named
