"""The words that the platform and the trainables share; pydantic only, to import in no time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol

from pydantic import BaseModel, ConfigDict

Direction = Literal["min", "max"]
Split = Literal["val", "test"]
Metrics = Mapping[str, float]

PICTURES = "pictures"
"""Below a trial's folder: PNG files that are shown with it, as the artifacts of its MLflow run."""

LOGS = "logs"
"""Below a trial's folder: what the loggers that its config names have written."""


class Frozen(BaseModel):
    """Data that was checked once and never changes."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True
    )


class TrialConfig(Frozen):
    """The base class of every trainable's `Config`: what one trial is told."""

    NOT_SEARCHED: ClassVar[Mapping[str, str]] = {}
    """Dotted keys, or sections, that every trial of a search must share, each with the reason.

    They decide what trials are compared on, or change nothing that the metrics could show.
    """

    def max_epochs(self) -> int:
        """How many epochs the trial trains if nothing stops it."""
        raise NotImplementedError

    def keep_checkpoints(self) -> int:
        """How many best checkpoints are kept beside the last one."""
        return 1

    def unreported(self) -> Mapping[str, str]:
        """Those of METRICS that a trial with this config does not report, each with the reason."""
        return {}

    @classmethod
    def arguments(cls, section: str, name: str) -> frozenset[str] | None:
        """The arguments that the component `name` of a section takes; None if they are not known.

        When a search chooses another component than the base config, the base's arguments that the
        chosen one does not take are left out.
        """
        del section, name
        return None

    @classmethod
    def families(cls, section: str) -> Mapping[str, tuple[str, ...]]:
        """Groups of names of components that a space may give in place of a list.

        `optimizer.name: {family: adaptive}` stands for the names of that family of the section
        `optimizer`; they are the options of a choice.
        """
        del section
        return {}


class ConfigError(ValueError):
    """A value that is well formed but that its component or its data refuses."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(f"{key}: {message}")
        self.key = key
        self.message = message

    def __reduce__(self) -> tuple[type[ConfigError], tuple[str, str]]:
        return type(self), (self.key, self.message)


@dataclass(frozen=True)
class Metric:
    """One number that a trainable reports: which way is better, and what it is bent by."""

    direction: Direction
    description: str
    depends_on: tuple[str, ...] = ()
    """Config sections or dotted keys that change the metric's scale, such as `loss` for a loss."""


@dataclass(frozen=True)
class Placement:
    """Where a trial runs: its share of the machine, and how Lightning has to be told so."""

    cpus: int = 1
    gpus: float = 0
    workers: int = 1
    rank: int = 0
    trainer: Mapping[str, Any] = field(default_factory=dict)
    """Keyword arguments for `lightning.Trainer` (accelerator, devices, strategy, plugins)."""
    progress: int = 0
    """Batches between two movements of a progress bar on the terminal; 0 for no bar."""


class Trial(Protocol):
    """What a trainable sees of the trial that it trains."""

    @property
    def number(self) -> int: ...
    @property
    def seed(self) -> int: ...
    @property
    def directory(self) -> Path:
        """An existing folder of this trial's own, for checkpoints before they are reported."""
        ...

    @property
    def resume_from(self) -> Path | None:
        """A checkpoint of this very trial to go on from, optimizer and epoch included."""
        ...

    @property
    def placement(self) -> Placement: ...

    def report(self, epoch: int, metrics: Metrics, checkpoint: Path | None = None) -> None:
        """Hand over one finished epoch (counted from 1), with the checkpoint file just written.

        The file is taken over (hashed, renamed, perhaps deleted later). May raise SystemExit when
        the search stops the trial; let it pass. With several workers every rank calls it, and the
        first alone writes the file and hands it over: they share the folder.
        """
        ...


class Trainable(Protocol):
    """A module that can be searched: the six names that it must have."""

    Config: type[TrialConfig]
    METRICS: Mapping[str, Metric]

    def check_data(self, config: Any) -> tuple[str, ...] | None:
        """Open the data that the config names; raises ConfigError if it cannot be trained on.

        May return what is odd but no mistake: each text is shown once, before the first trial.
        """
        ...

    def probe(self, config: Any) -> Mapping[str, str]:
        """Build every component once, without data; describes per section what was built.

        Two configs with equal descriptions would train alike: that is how dead knobs are found.
        Raises ConfigError where a component refuses its arguments.
        """
        ...

    def fit(self, config: Any, trial: Trial) -> None:
        """Train until the last epoch, reporting after each."""
        ...

    def evaluate(self, config: Any, checkpoint: Path, split: Split) -> dict[str, float]:
        """The metrics of a checkpoint on a split, under the names of METRICS (`test_` for test)."""
        ...


def prepare_worker(trainable: Trainable) -> None:
    """Import what a trainable leaves to its first `fit`, by its own `prepare_worker` if it has one.

    A worker does it before the time of a trial is counted.
    """
    own = getattr(trainable, "prepare_worker", None)
    if own is not None:
        own()


REQUIRED_NAMES = ("Config", "METRICS", "check_data", "probe", "fit", "evaluate")
