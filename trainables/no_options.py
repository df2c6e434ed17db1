"""Arguments of Lightning's Trainer that are no options here, each with what to do instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

_GPUS = (
    "Ray hands out the processors: write resources: {gpus: 1} in the space file, or "
    "`tune-train --gpus 1`; 0 trains on CPUs"
)
_WORKERS = (
    "each worker has one device: write resources: {workers: 2} in the space file, or "
    "`tune-train --workers 2`, with its gpus for each"
)
_EPOCHS = "trials are compared epoch by epoch"

NO_OPTIONS: Mapping[str, str] = {
    "accelerator": _GPUS,
    "devices": _WORKERS,
    "num_nodes": f"Ray finds the nodes; {_WORKERS}",
    "strategy": f"two or more workers train by DDP; {_WORKERS}",
    "plugins": "trainer.precision chooses the arithmetic, and Ray is the cluster",
    "seed": "search.seed gives each trial its own; for one training write `tune-train --seed 7`",
    "logger": "write logging: {loggers: [{name: CSVLogger}]}",
    "log_every_n_steps": "write logging.log_every_n_steps",
    "enable_progress_bar": "workers are quiet; `tune-train --progress 10` shows a bar",
    "enable_model_summary": "workers are quiet, and `--check` builds every network",
    "enable_autolog_hparams": "the loggers that logging.loggers names are told the config",
    "default_root_dir": "a trial writes into the folder of its search, which --storage places",
    "enable_checkpointing": (
        "a trial always writes checkpoints, or it could not be resumed; checkpointing.save_top_k "
        "says how many are kept"
    ),
    "model_registry": "`tune-best` takes the best model out of a search",
    "callbacks": "a config holds no code; a module of your own has hooks for it",
    "max_steps": f"{_EPOCHS}; write trainer.max_epochs",
    "min_steps": f"{_EPOCHS}; write trainer.min_epochs",
    "val_check_interval": f"{_EPOCHS}; write trainer.check_val_every_n_epoch",
    "max_time": "write search.trial_timeout, in the space file",
    "limit_test_batches": "the test data is opened once, whole, for the finalists",
    "limit_predict_batches": "nothing is predicted here",
    "fast_dev_run": (
        "it reports nothing; `--check` builds everything, and `tune-train CONFIG "
        "trainer.max_epochs=1 trainer.limit_train_batches=1` trains in a blink"
    ),
    "overfit_batches": (
        "it validates on training rows; write trainer.limit_train_batches to see whether few "
        "batches can be learnt"
    ),
    "barebones": "it leaves out the reports and the checkpoints, by which trials are compared",
    "reload_dataloaders_every_n_epochs": "the data is read once, and trials share it",
    "use_distributed_sampler": "it is Lightning's default: each worker has its share of the rows",
    "sync_batchnorm": "it is Lightning's default: each worker normalises its own batches",
    "inference_mode": "it is Lightning's default: validation needs no gradients",
    "benchmark": "it chooses kernels by their speed at the time, so that no trial would repeat",
    "deterministic": "on CPUs trials repeat without it; for GPUs set it in a module of your own",
    "detect_anomaly": "a trial whose metric is not finite is ended as diverged, at no cost",
    "profiler": "a search has nobody to read it; profile `tune-train` from outside, as by py-spy",
}
"""What is answered to each of them under `trainer`."""


def refuse(title: str, given: Any) -> Any:
    """The section as it is. **Raises** ValidationError if it gives any of `NO_OPTIONS`."""
    wrong = [name for name in given if name in NO_OPTIONS] if isinstance(given, Mapping) else []
    if wrong:
        details = [_detail(name, given[name]) for name in wrong]
        raise ValidationError.from_exception_data(title, details)
    return given


def _detail(name: str, value: Any) -> InitErrorDetails:
    message = f"{name!r} is no option here: {NO_OPTIONS[name]}"
    error = PydanticCustomError("value_error", "{error}", {"error": message})
    return InitErrorDetails(type=error, loc=(name,), input=value)
