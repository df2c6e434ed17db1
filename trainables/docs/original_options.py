"""The global options of SeeSawML, and where each of them is here."""

from __future__ import annotations

from collections.abc import Mapping

KEYS: Mapping[str, str] = {
    "trainer.max_epochs": "max_epochs",
    "trainer.precision": "precision",
    "trainer.gradient_clip_val": "gradient_clip_val",
    "trainer.check_val_every_n_epoch": "check_eval_n_epoch",
    "trainer.num_sanity_val_steps": "num_sanity_val_steps",
    "trainer.float32_matmul_precision": "float32_matmul_precision",
    "trainer.reduce_lr_on_epoch": "reduce_lr_on_epoch",
    "early_stopping.monitor": "monitor",
    "early_stopping.patience": "early_stop_patience",
    "checkpointing.save_top_k": "save_top_k",
    "checkpointing.load_checkpoint": "load_checkpoint",
    "checkpointing.continue_training": "continue_training",
    "logging.log_every_n_steps": "log_every_n_steps",
    "logging.plot_every_n_epochs": "plot_metrics_n_epoch",
    "logging.memory": "log_train_memory",
}
"""Keys of a config, with their names there."""

ELSEWHERE: Mapping[str, str] = {
    "train_signal": "`tune-train configs/signal.yaml`; a search is `tune-run spaces/signal.yaml`",
    "experiment_config": (
        "one config file a trainable, with a section for each of model, architecture and training"
    ),
    "experiment_name": "the MLflow experiment is called as the trainable",
    "run_name, name": "`search.name` in the space file; of one training the folder, `--out DIR`",
    "save_dir, model_save_path": "`--storage DIR`; a training `--out DIR`; no variable is read",
    "tracker_path": "pictures lie in `pictures/` of the trial, and are artifacts of its MLflow run",
    "seed": (
        "`search.seed` gives each trial its own, `tune-train --seed` one training; without any it "
        "is 0, since a trial that cannot be repeated cannot be compared"
    ),
    "accelerator": "`resources.gpus`, `tune-train --gpus`: Ray hands out the processors",
    "devices": "`resources.workers`, `tune-train --workers`: each has its own `resources.gpus`",
    "comet_api_key, comet_project_name": (
        "`logging.loggers: [{name: CometLogger, project: ...}]`; the key is best in COMET_API_KEY"
    ),
    "check_metrics_n_epoch": (
        "`trainer.check_val_every_n_epoch`: every validation gives all metrics, since each may be "
        "what the search goes by"
    ),
    "tqdm_refresh_rate": "`tune-train --progress N`, on a terminal; a search is quiet",
    "track -p PORT": "`tune-track -p PORT`; the record is in MLflow unless `--no-track` is given",
    "Tracker": (
        "metrics are those of the trainable; its pictures are the table of "
        "`trainables/pictures/table.py`, and of a module of your own what its method `pictures()` "
        "returns"
    ),
    "monitor_mode": "follows from the metric that is monitored",
}
"""Options that no key of a config stands for."""
