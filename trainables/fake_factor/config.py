"""What one `fakes` trial is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from trainables.architectures.mlp import Mlp
from trainables.components.component import Component, SchedulerComponent
from trainables.contract import ConfigError, Frozen, Metric
from trainables.fake_factor import stages
from trainables.fake_factor.data_config import DATA_NOT_SEARCHED, FakesData
from trainables.fake_factor.loss_config import Loss, OfLogit
from trainables.fake_factor.metrics import METRICS, unreported
from trainables.fake_factor.networks import Network
from trainables.fake_factor.stage_section import Ensemble, StageSection
from trainables.fake_factor.stages import STAGES
from trainables.lightning_config import LightningConfig, one_master_of_the_rate
from trainables.nearest import did_you_mean, listed
from trainables.sections import (
    CHECKPOINTING_NOT_SEARCHED,
    LOGGING_NOT_SEARCHED,
    TRAINER_NOT_SEARCHED,
    Checkpointing,
    EarlyStopping,
    Logging,
    TrainerSection,
)


class FakesTrainer(TrainerSection):
    """The trainer's options, with those of a chain."""

    max_epochs: int = Field(default=15, ge=1)
    """Epochs if nothing stops the trial; each trains all networks of the chain once."""
    reduce_lr_on_epoch: float | None = Field(default=None, gt=0, le=1)
    """Multiplies the learning rates after each epoch; null leaves them to the schedulers."""
    repeats: int = Field(default=1, ge=1, le=20)
    """Chains that a trial trains side by side from other starts."""
    summary: Literal["median", "worst"] = "median"
    """What a trial reports of several chains: the median of each metric, or the worst value."""

    @model_validator(mode="after")
    def _fits_a_chain(self) -> FakesTrainer:
        """**Raises** ConfigError for an option that three networks in turn cannot keep."""
        for key, (allowed, reason) in ALONE.items():
            if (given := getattr(self, key)) not in allowed:
                raise ConfigError(key, f"fakes cannot have {given!r}: {reason}")
        return self


_HALVES = "an event weight below 6e-8 would be 0; use 32, or bf16-mixed"
ALONE: Mapping[str, tuple[tuple[Any, ...], str]] = {
    "limit_train_batches": ((None,), "the last networks of the chain would not be trained"),
    "limit_val_batches": ((None,), "a closure is counted over all events; use data.n_events"),
    "gradient_clip_algorithm": (("norm",), "each network is clipped by its norm"),
    "precision": ((32, 64, "32", "64", "32-true", "64-true", "16-mixed", "bf16-mixed"), _HALVES),
}
"""Options of a trainer that are for one network: what is allowed, and why nothing else is."""


class Subtraction(Frozen):
    """How the prompts are taken out of what the ratio network learns from."""

    use: Literal["data", "mc"] = "data"
    """Weigh data events by 1 - 1/r, or MC events by r - 1, with r data over MC in their region."""
    clip_negative: bool = False
    """Raise negative fake weights to 0."""
    clip_quantile: float | None = Field(default=None, gt=0.5, lt=1)
    """Bound the size of fake weights by this quantile of their sizes; null for no bound."""


class Config(LightningConfig):
    """A fake factor from three networks: tight, loose, and the ratio of what they leave."""

    KNOWN_METRICS: ClassVar[Mapping[str, Metric]] = METRICS
    NOT_SEARCHED: ClassVar[Mapping[str, str]] = {
        **DATA_NOT_SEARCHED,
        **TRAINER_NOT_SEARCHED,
        **CHECKPOINTING_NOT_SEARCHED,
        **LOGGING_NOT_SEARCHED,
        "trainer.repeats": "what more chains report is less noisy, and trials are compared by it",
        "trainer.summary": "a median is better than the worst value, and trials are compared by it",
    }

    data: FakesData = FakesData()
    architecture: Network = Mlp(width=64)
    loss: Loss = OfLogit()
    optimizer: Component = Component(name="Adam")
    scheduler: SchedulerComponent | None = None
    ensemble: Ensemble = Ensemble()
    subtraction: Subtraction = Subtraction()
    tight: StageSection = StageSection()
    loose: StageSection = StageSection()
    ratio: StageSection = StageSection()
    trainer: FakesTrainer = FakesTrainer()
    early_stopping: EarlyStopping | None = None
    checkpointing: Checkpointing = Checkpointing()
    logging: Logging = Logging()

    @model_validator(mode="after")
    def _stages_fit(self) -> Config:
        """What a stage has otherwise fits the shared sections, as far as no library must say."""
        errors: list[InitErrorDetails] = []
        for name in STAGES:
            own: StageSection = getattr(self, name)
            for section, merge in _MERGES.items():
                try:
                    merge(self, own)
                except ValidationError as error:
                    errors += _located(error, (name, section))
        if errors:
            raise ValidationError.from_exception_data("Config", errors)
        return self

    @model_validator(mode="after")
    def _nothing_to_draw(self) -> Config:
        if self.logging.plot_every_n_epochs is not None:
            message = "has no effect: fakes draw no pictures; leave it null"
            raise ConfigError("logging.plot_every_n_epochs", message)
        return self

    @model_validator(mode="after")
    def _mc_to_weigh(self) -> Config:
        if self.subtraction.use == "mc" and self.data.is_data is None:
            message = "'mc' needs data.is_data, the column which tells MC from data"
            raise ConfigError("subtraction.use", message)
        return self

    @model_validator(mode="after")
    def _several_outputs_to_differ(self) -> Config:
        for name in STAGES:
            own: StageSection = getattr(self, name)
            update = own.ensemble.model_dump(exclude_none=True)
            ensemble = self.ensemble.model_copy(update=update)
            varied = ensemble.poisson_bootstrap or ensemble.mc_norm_sigma > 0
            if ensemble.size == 1 and varied:
                raise ValueError(
                    f"poisson_bootstrap and mc_norm_sigma make the outputs of an ensemble differ, "
                    f"and the {name} network has one; give ensemble.size 2 or more"
                )
        return self

    @model_validator(mode="after")
    def _one_master_of_the_rate(self) -> Config:
        shared = None if self.scheduler is None else self.scheduler.name
        for name in STAGES:
            own: StageSection = getattr(self, name)
            scheduler, whose = own.scheduler.name or shared, f" of the {name} network"
            one_master_of_the_rate(self.trainer.reduce_lr_on_epoch, scheduler, whose)
        return self

    def unreported(self) -> Mapping[str, str]:
        return unreported(self.data)

    def max_epochs(self) -> int:
        return self.trainer.max_epochs

    def keep_checkpoints(self) -> int:
        return self.checkpointing.save_top_k

    @classmethod
    def arguments(cls, section: str, name: str) -> frozenset[str] | None:
        """What a component takes in a shared section or in that of a stage."""
        return stages.arguments_of(section, name)

    @classmethod
    def families(cls, section: str) -> Mapping[str, tuple[str, ...]]:
        """The groups of optimizers and schedulers that a space may name, shared or of a stage."""
        from trainables.components import families

        own = stages.section_of(section)
        return families.of(own) if own in ("optimizer", "scheduler") else {}


_MERGES: Mapping[str, Callable[[Config, StageSection], object]] = {
    "architecture": stages.architecture,
    "loss": stages.loss,
}


def _located(error: ValidationError, above: tuple[str, str]) -> Iterator[InitErrorDetails]:
    """The errors of a section, as errors of the stage that has it otherwise."""
    for detail in error.errors(include_url=False):
        place = (*above, *detail["loc"])
        if detail["type"] == "extra_forbidden":
            # what is allowed follows from the component here, not from the shape of the stage
            component, name = str(detail["loc"][0]), str(detail["loc"][-1])
            known = stages.arguments_of(above[1], component) or frozenset()
            text = f"{component} takes no {name!r}; it takes {listed(known)}"
            problem = PydanticCustomError(
                "unknown_argument", "{text}", {"text": text + did_you_mean(name, known)}
            )
            yield InitErrorDetails(type=problem, loc=place, input=detail["input"])
        else:
            yield InitErrorDetails(
                type=detail["type"], loc=place, input=detail["input"], ctx=detail.get("ctx", {})
            )
