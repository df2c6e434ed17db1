"""The config sections of the stages: what one network has otherwise than the others."""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field, JsonValue

from trainables.contract import Frozen


class Override(Frozen):
    """Keys of a shared section that a stage has otherwise; those left out are the shared ones."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, JsonValue]

    name: str | None = None
    """Another component; null for the shared one. `none` as a scheduler keeps the rate constant."""

    @property
    def given(self) -> dict[str, Any]:
        """What the stage says itself."""
        named = {} if self.name is None else {"name": self.name}
        return {**named, **self.__pydantic_extra__}


class Ensemble(Frozen):
    """Several outputs of one network, whose log r are averaged."""

    size: int = Field(default=1, ge=1, le=100)
    """How many outputs."""
    poisson_bootstrap: bool = False
    """Give each output its own resample of the events: weights times a Poisson number of mean 1."""
    mc_norm_sigma: float = Field(default=0.0, ge=0, le=1)
    """Give each output its own MC normalisation: log-normal of mean 1, this width (0.1: 10 %)."""


class EnsembleOverride(Frozen):
    """Keys of `ensemble` that a stage has otherwise; null for the shared ones."""

    size: int | None = Field(default=None, ge=1, le=100)
    """How many outputs."""
    poisson_bootstrap: bool | None = None
    """A resample of the events for each output."""
    mc_norm_sigma: float | None = Field(default=None, ge=0, le=1)
    """Width of the MC normalisation of each output."""


class StageSection(Frozen):
    """What one network has otherwise than the shared sections say."""

    architecture: Override = Override()
    """Keys of the shared `architecture` that this network has otherwise."""
    loss: Override = Override()
    """Keys of the shared `loss` that this network has otherwise."""
    optimizer: Override = Override()
    """Keys of the shared `optimizer` that this network has otherwise."""
    scheduler: Override = Override()
    """Keys of the shared `scheduler` that this network has otherwise."""
    ensemble: EnsembleOverride = EnsembleOverride()
    """Keys of the shared `ensemble` that this network has otherwise."""
    batch_size: int | None = Field(default=None, ge=8)
    """Most rows in a training batch; null for `data.batch_size`."""
    gradient_clip_val: float | None = Field(default=None, gt=0)
    """Largest norm of a gradient; null for `trainer.gradient_clip_val`."""
