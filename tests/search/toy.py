"""A trainable without torch: open optimizers, a strict union of losses, two schedules."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator

from trainables.contract import ConfigError, Frozen, Metric, Trial, TrialConfig

TAKES = {"SGD": {"lr", "momentum"}, "Adam": {"lr"}}
FAMILIES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "optimizer": {"all": ("SGD", "Adam"), "adaptive": ("Adam",), "plain": ("SGD",)},
    "loss": {"all": ("bce", "focal")},
}


class Optimizer(Frozen):
    """An optimizer by name; its arguments are checked when it is built."""

    model_config = ConfigDict(extra="allow")

    name: str = "SGD"


class Bce(Frozen):
    name: Literal["bce"] = "bce"


class Focal(Frozen):
    name: Literal["focal"] = "focal"
    gamma: float = Field(default=2.0, ge=0, le=5)


class Architecture(Frozen):
    name: Literal["mlp", "attention"] = "mlp"
    width: int = Field(default=32, ge=1, le=1024)
    """How many units each layer has."""
    heads: int = Field(default=1, ge=1)
    layers: list[int] = [8]


class Schedule(Frozen):
    name: Literal["constant", "absolute"] = "constant"
    max_lr: float = 1e-3


class Data(Frozen):
    path: str = "shipped:toy"


class TrainerSpec(Frozen):
    max_epochs: int = Field(default=10, ge=1)
    fast: bool = False


class Config(TrialConfig):
    optimizer: Optimizer = Optimizer()
    architecture: Architecture = Architecture()
    loss: Annotated[Bce | Focal, Field(discriminator="name")] = Bce()
    scheduler: Schedule = Schedule()
    data: Data = Data()
    trainer: TrainerSpec = TrainerSpec()

    @model_validator(mode="after")
    def _heads_divide_width(self) -> Config:
        if self.architecture.name == "attention" and (
            self.architecture.width % self.architecture.heads
        ):
            raise ConfigError("architecture.heads", "must divide architecture.width")
        return self

    def max_epochs(self) -> int:
        return self.trainer.max_epochs

    @classmethod
    def arguments(cls, section: str, name: str) -> frozenset[str] | None:
        if section == "optimizer" and name in TAKES:
            return frozenset(TAKES[name])
        return {("loss", "bce"): frozenset[str](), ("loss", "focal"): frozenset({"gamma"})}.get(
            (section, name)
        )

    @classmethod
    def families(cls, section: str) -> Mapping[str, tuple[str, ...]]:
        return FAMILIES.get(section, {})


METRICS: Mapping[str, Metric] = {
    "val_auc": Metric("max", "area under the curve"),
    "val_loss": Metric("min", "the loss", depends_on=("loss",)),
    "val_error": Metric("min", "share of errors"),
}


def check_data(config: Any) -> None:
    if config.data.path.startswith("shipped:"):
        return
    if not Path(config.data.path).is_file():
        raise ConfigError("data.path", f"no such file {config.data.path}")


def probe(config: Any) -> Mapping[str, str]:
    optimizer = config.optimizer
    arguments = dict(optimizer.model_extra or {})
    if optimizer.name not in TAKES:
        raise ConfigError("optimizer.name", f"no optimizer {optimizer.name!r}; there is Adam, SGD")
    for argument in arguments:
        if argument not in TAKES[optimizer.name]:
            raise ConfigError(f"optimizer.{argument}", f"{optimizer.name} takes no {argument}")
    if not arguments.get("lr", 1.0) > 0:
        raise ConfigError("optimizer.lr", "must be positive")
    if config.scheduler.name == "absolute":
        arguments["lr"] = config.scheduler.max_lr
        schedule = "absolute"
    else:
        schedule = "constant"
    heads = config.architecture.heads if config.architecture.name == "attention" else None
    architecture = config.architecture.model_dump() | {"heads": heads}
    return {
        "optimizer": repr((optimizer.name, sorted(arguments.items()))),
        "architecture": repr(architecture),
        "loss": repr(config.loss),
        "scheduler": schedule,
        "data": repr(config.data),
        "trainer": repr(config.trainer),
    }


def fit(config: Any, trial: Trial) -> None:
    for epoch in range(1, config.max_epochs() + 1):
        trial.report(epoch, {"val_auc": 0.5, "val_loss": 1.0, "val_error": 0.5})


def evaluate(config: Any, checkpoint: Path, split: str) -> dict[str, float]:
    return {"val_auc": 0.5, "val_loss": 1.0, "val_error": 0.5}
