"""The three networks of the chain: what they share, and what each of them has of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pydantic import TypeAdapter

from trainables.components.component import Component, SchedulerComponent
from trainables.contract import ConfigError, Frozen
from trainables.fake_factor.loss_config import LOSSES, Loss
from trainables.fake_factor.networks import NETWORKS, Network
from trainables.fake_factor.stage_section import Ensemble, Override, StageSection

if TYPE_CHECKING:
    from trainables.fake_factor.config import Config

StageName = Literal["tight", "loose", "ratio"]

STAGES: tuple[StageName, ...] = ("tight", "loose", "ratio")
"""In the order in which an epoch trains them: the last one needs the others."""

OVERRIDABLE = ("architecture", "loss", "optimizer", "scheduler")
"""Sections of named components that a stage may change key by key."""


@dataclass(frozen=True)
class Stage:
    """One network of the chain with everything that it is built and trained by."""

    name: StageName
    architecture: Network
    loss: Loss
    optimizer: Component
    scheduler: SchedulerComponent | None
    ensemble: Ensemble
    batch_size: int
    gradient_clip_val: float | None


def stages(config: Config) -> dict[StageName, Stage]:
    """Every network that the chain trains; without MC there is nothing to subtract by."""
    names = STAGES if config.data.is_data is not None else STAGES[-1:]
    return {name: stage(config, name) for name in names}


def stage(config: Config, name: StageName) -> Stage:
    """One network: the shared sections with what it has otherwise.

    **Raises** ConfigError, or pydantic's ValidationError, where the two do not fit.
    """
    own: StageSection = getattr(config, name)
    ensemble = own.ensemble.model_dump(exclude_none=True)
    return Stage(
        name=name,
        architecture=architecture(config, own),
        loss=loss(config, own),
        optimizer=Component.model_validate(
            merged("optimizer", config.optimizer.model_dump(), own.optimizer)
        ),
        scheduler=_scheduler(config, own, name),
        ensemble=config.ensemble.model_copy(update=ensemble),
        batch_size=own.batch_size or config.data.batch_size,
        gradient_clip_val=own.gradient_clip_val or config.trainer.gradient_clip_val,
    )


def architecture(config: Config, own: StageSection) -> Network:
    """The network of a stage; it loads no library."""
    given = merged("architecture", config.architecture.model_dump(), own.architecture)
    made: Network = TypeAdapter(Network).validate_python(given)
    return made


def loss(config: Config, own: StageSection) -> Loss:
    """The loss of a stage; it loads no library."""
    given = merged("loss", config.loss.model_dump(), own.loss)
    made: Loss = TypeAdapter(Loss).validate_python(given)
    return made


def _scheduler(config: Config, own: StageSection, name: StageName) -> SchedulerComponent | None:
    shared = config.scheduler
    if shared is None and not own.scheduler.given:
        return None
    if shared is None and own.scheduler.name is None:
        message = "no scheduler is shared that this key could belong to; name one here too"
        raise ConfigError(f"{name}.scheduler.{next(iter(own.scheduler.given))}", message)
    before = {} if shared is None else shared.model_dump(exclude_none=True)
    return SchedulerComponent.model_validate(merged("scheduler", before, own.scheduler))


def merged(section: str, shared: Mapping[str, Any], override: Override) -> dict[str, Any]:
    """A shared section with what a stage has otherwise.

    Where the stage names another component, the shared arguments that it does not take are left
    out, as where a search chooses another component than the base config.
    """
    given = override.given
    if given.get("name", shared.get("name")) != shared.get("name"):
        taken = arguments_of(section, given["name"]) or frozenset()
        shared = {key: value for key, value in shared.items() if key in taken}
    return {**shared, **given}


def arguments_of(section: str, name: str) -> frozenset[str] | None:
    """What the component `name` takes in a section, shared or of a stage; None if not known."""
    source = _ARGUMENTS.get(section_of(section))
    return None if source is None else source(name)


def section_of(key: str) -> str:
    """The shared section that a section is, or changes: `optimizer` for `ratio.optimizer`."""
    stage_name, _, own = key.rpartition(".")
    return own if stage_name in ("", *STAGES) else key


def _fields(table: Mapping[str, type[Frozen]]) -> Callable[[str], frozenset[str] | None]:
    def fields(name: str) -> frozenset[str] | None:
        known = table.get(name)
        return None if known is None else frozenset(known.model_fields) - {"name"}

    return fields


def _of_optimizer(name: str) -> frozenset[str] | None:
    from trainables.components import optimizers

    return optimizers.arguments(name)


def _of_scheduler(name: str) -> frozenset[str] | None:
    from trainables.components import schedulers

    return schedulers.arguments(name)


_ARGUMENTS: Mapping[str, Callable[[str], frozenset[str] | None]] = {
    "architecture": _fields(NETWORKS),
    "loss": _fields(LOSSES),
    "optimizer": _of_optimizer,
    "scheduler": _of_scheduler,
}
