"""The shape of a space file: every key that it may have, with its type, bounds and default."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Discriminator, Field, Tag, model_validator

from search.durations import Duration
from trainables.contract import Frozen


class RandomSampler(Frozen):
    name: Literal["random"] = "random"


class TpeSampler(Frozen):
    name: Literal["tpe"] = "tpe"
    startup_trials: int = Field(default=10, ge=0)
    """How many trials are drawn at random before the sampler speaks."""
    multivariate: bool = True
    """Model parameters together rather than one by one."""
    group: bool = True
    """Model the parameters of each branch of a conditional space together."""
    constant_liar: bool = True
    """Expect little of trials that still run, so that neighbours are not all tried at once."""
    ei_candidates: int = Field(default=24, ge=1)
    """How many candidates each suggestion is the best of."""

    @model_validator(mode="after")
    def _group_needs_multivariate(self) -> TpeSampler:
        if self.group and not self.multivariate:
            raise ValueError("group: true needs multivariate: true; write group: false too")
        return self


class GpSampler(Frozen):
    name: Literal["gp"] = "gp"
    startup_trials: int = Field(default=10, ge=0)
    """How many trials are drawn at random before the sampler speaks."""
    deterministic: bool = False
    """Whether training the same point twice gives the same number."""


class CmaesSampler(Frozen):
    name: Literal["cmaes"] = "cmaes"
    startup_trials: int = Field(default=1, ge=0)
    """How many trials are drawn at random before the sampler speaks."""
    sigma0: float | None = Field(default=None, gt=0)
    """The first step width; null lets the sampler choose it."""


class Nsga2Sampler(Frozen):
    name: Literal["nsga2"] = "nsga2"
    population_size: int = Field(default=50, ge=2)
    mutation_prob: float | None = Field(default=None, ge=0, le=1)
    """How often a parameter is drawn anew; null is one over the number of parameters."""
    crossover_prob: float = Field(default=0.9, ge=0, le=1)


class GridSampler(Frozen):
    name: Literal["grid"] = "grid"


class AshaScheduler(Frozen):
    name: Literal["asha"] = "asha"
    grace_epochs: int = Field(default=2, ge=1)
    """No trial is stopped before this epoch."""
    reduction_factor: int = Field(default=3, ge=2)
    """At each rung, one in this many goes on."""


class MedianScheduler(Frozen):
    name: Literal["median"] = "median"
    grace_epochs: int = Field(default=2, ge=1)
    """No trial is stopped before this epoch."""
    min_trials: int = Field(default=3, ge=1)
    """How many other trials must have come this far before one is compared with them."""


class NoScheduler(Frozen):
    name: Literal["none"] = "none"


class HyperbandScheduler(Frozen):
    name: Literal["hyperband"] = "hyperband"
    reduction_factor: int = Field(default=3, ge=2)
    """At each rung, one in this many goes on."""


class PbtScheduler(Frozen):
    name: Literal["pbt"] = "pbt"
    mutate: list[str] = Field(min_length=1)
    """The parameters that change while a trial trains; each must be active in every trial."""
    interval_epochs: int = Field(default=1, ge=1)
    """How many epochs lie between two comparisons."""
    quantile_fraction: float = Field(default=0.25, ge=0, le=0.5)
    """The share of trials that copies, and the share that is copied."""
    resample_probability: float = Field(default=0.25, ge=0, le=1)
    """How often a value is drawn anew rather than moved a little."""


MAX_OBJECTIVES = 3
"""Of more, nearly every trial is dominated by none, and no front can be looked at."""

MAY_CHANGE = frozenset(
    {
        "trials",
        "max_concurrent",
        "max_failed",
        "finalists",
        "trial_timeout",
        "report_timeout",
        "time_budget",
        "gpu_hours",
        "retries",
    }
)
"""Keys of the search that a resume may give another value: what a trial means stays the same."""

HANDS_OVER = frozenset({"hyperband", "pbt"})
"""Schedulers that pause or clone trials, which then go on from a checkpoint in another worker."""

ONE_OBJECTIVE: Mapping[str, str] = {
    "cmaes": "it moves its points towards better values of one number",
    "median": "it stops trials below the median of one number",
    "hyperband": "its brackets keep the best trials by one number",
    "pbt": "the worst trials by one number copy the best",
}
"""Samplers and schedulers that cannot work for several objectives, each with the reason."""

Sampler = RandomSampler | TpeSampler | GpSampler | CmaesSampler | Nsga2Sampler | GridSampler
Scheduler = AshaScheduler | MedianScheduler | NoScheduler | HyperbandScheduler | PbtScheduler


T = TypeVar("T")
OneOrSeveral = Annotated[
    Annotated[T, Tag("one")]
    | Annotated[list[T], Field(min_length=2, max_length=MAX_OBJECTIVES), Tag("several")],
    Discriminator(lambda value: "several" if isinstance(value, list) else "one"),
]
"""One of something, or a list of several: told apart by the form, so that errors speak of one."""


class SearchSpec(Frozen):
    """How the space is searched."""

    name: str = Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")
    """The name of the search and of its folder; the name of the space file if left out."""
    metric: OneOrSeveral[str]
    """Which of the trainable's metrics is optimised.

    A list of two or three trades them off against one another.
    """
    mode: OneOrSeveral[Literal["min", "max"]]
    """Whether a small or a large value of the metric is better.

    Beside a list of metrics, a list with the mode of each.
    """
    trials: int = Field(default=20, ge=1, le=100_000)
    """How many configurations are trained."""
    seed: int = Field(default=0, ge=0, le=2**63 - 1)
    """What all randomness of the search and of its trials comes from."""
    sampler: Annotated[Sampler, Field(discriminator="name")] = TpeSampler()
    """What chooses the next configuration."""
    scheduler: Annotated[Scheduler, Field(discriminator="name")] = AshaScheduler()
    """What stops trials that look bad."""
    max_failed: int | None = Field(default=None, ge=0)
    """How many failed trials end the search; null is a third of the trials, and at least 3."""
    duplicates: Literal["resample", "reuse", "train"] = "resample"
    """A configuration that was trained before: ask for another, reuse its value, or train it."""
    finalists: int = Field(default=3, ge=0, le=1000)
    """How many of the best trials are evaluated on the test data at the end."""
    max_concurrent: int | None = Field(default=None, ge=1)
    """How many trials run at a time; null is as many as fit."""
    trial_timeout: Duration | None = None
    """The longest that one trial may take, over all its attempts, such as 2h; null is no limit."""
    report_timeout: Duration | None = None
    """The longest silence before each report of a trial, such as 15min; null is no limit."""
    time_budget: Duration | None = None
    """How long the search may run, over all its resumes, such as 8h; null is no limit."""
    gpu_hours: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    """How many GPU hours all trials may take together, such as 40; null is no limit."""
    retries: int = Field(default=2, ge=0, le=10)
    """How often a trial whose process died, not its code, goes on from its last epoch."""

    def fault_limit(self) -> int:
        """How many failed trials end the search."""
        return max(3, self.trials // 3) if self.max_failed is None else self.max_failed


class Resources(Frozen):
    """What each worker of a trial gets."""

    cpus: int = Field(default=1, ge=1)
    """CPU cores of one worker."""
    gpus: float = Field(default=0, ge=0, allow_inf_nan=False)
    """GPUs of one worker; a fraction lets trials share one."""
    workers: int = Field(default=1, ge=1)
    """Processes that train one trial together."""

    @model_validator(mode="after")
    def _one_gpu_each(self) -> Resources:
        if self.gpus > 1:
            raise ValueError(
                f"a worker trains on one GPU at most, not {self.gpus:g}; "
                "write gpus: 1 and as many workers as there are GPUs for a trial"
            )
        return self


class SpaceFile(Frozen):
    """A search space: what is trained, where it starts from, what is searched and how."""

    trainable: str = Field(min_length=1)
    """What is trained: a shipped name, a dotted module, or ./file.py beside this file."""
    base: str | dict[str, Any] | None = None
    """The base config: a path relative to this file, or the config itself."""
    search: SearchSpec
    """How the space is searched."""
    resources: Resources = Resources()
    """What each worker of a trial gets."""
    space: dict[str, Any]
    """The searched parameters, by their dotted key in the base config."""
    constraints: list[str] = []
    """Conditions over parameters that every trial keeps."""
    try_first: list[dict[str, Any]] = []
    """Points that are trained before the sampler speaks."""
