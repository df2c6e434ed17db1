"""What Lightning's loggers need from us beside the arguments in their signatures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Kind:
    """What is known of one of Lightning's loggers."""

    places: tuple[str, ...]
    """Arguments that say where its files lie; the first is ours, below the trial's folder."""
    title: str | None = None
    """The argument that names one training; ours unless the config gives it."""
    packages: tuple[str, ...] = ()
    """What pip must have installed; one of them is enough."""
    rest: tuple[str, ...] = ()
    """`module:callable` that its `**kwargs` are for; the first one that is there."""
    end: str | None = None
    """Method of its `experiment` without which the process's next trial would go on in it."""
    required: Mapping[str, str] = field(default_factory=dict)
    """Arguments that it cannot do without here, each with the reason."""
    given: Mapping[str, Any] = field(default_factory=dict)
    """Arguments with a default of ours."""


KINDS: Mapping[str, Kind] = {
    "CSVLogger": Kind(places=("save_dir",), given={"name": ""}),
    "TensorBoardLogger": Kind(
        places=("save_dir", "logdir", "log_dir"),
        packages=("tensorboardX", "tensorboard"),
        rest=("torch.utils.tensorboard:SummaryWriter", "tensorboardX:SummaryWriter"),
        given={"name": ""},
    ),
    "CometLogger": Kind(
        places=("offline_directory",),
        title="name",
        packages=("comet-ml>=3.44.4",),
        rest=("comet_ml:ExperimentConfig",),
        end="end",
    ),
    "WandbLogger": Kind(
        places=("save_dir", "dir"),
        title="name",
        packages=("wandb>=0.12.10",),
        rest=("wandb:init",),
        end="finish",
    ),
    "LitLogger": Kind(places=("root_dir",), title="name", packages=("litlogger>=0.1.0",)),
    "MLFlowLogger": Kind(
        places=("save_dir",),
        title="run_name",
        packages=("mlflow>=1.0.0",),
        required={
            "tracking_uri": (
                "MLflow no longer writes plain files; the search itself writes every trial to "
                "MLflow, so that this logger is for another server"
            )
        },
    ),
}
"""Every logger of `lightning.pytorch.loggers`, by its name."""
