"""Which tests show what each option does, as the page of the options tells it."""

from __future__ import annotations

from collections.abc import Mapping

_OPTIONS = "test_options.py::test_"
_SECTIONS = "test_sections.py::test_"
_FIT = "test_lightning_fit.py::test_"
_LOGGERS = "test_loggers.py::test_"
_RESUMED = f"{_FIT}a_resumed_fit_goes_on_as_if_never_stopped"
_IDLE = f"{_SECTIONS}what_cannot_act_is_refused"

TESTS: Mapping[str, tuple[str, ...]] = {
    "trainer.max_epochs": (f"{_FIT}continued_training_counts_epochs_in_total",),
    "trainer.min_epochs": (f"{_OPTIONS}early_stopping_waits_for_the_least_epochs", _RESUMED),
    "trainer.precision": (
        "test_signal.py::test_evaluate_gives_the_reported_numbers_again",
        "test_half_precision.py::test_only_what_is_inside_a_network_is_in_half_precision",
        f"{_OPTIONS}half_precision_by_amp_needs_a_gpu",
    ),
    "trainer.gradient_clip_val": (f"{_OPTIONS}clipping_by_value_limits_each_part_of_a_gradient",),
    "trainer.gradient_clip_algorithm": (
        f"{_OPTIONS}clipping_by_value_limits_each_part_of_a_gradient",
        _IDLE,
    ),
    "trainer.accumulate_grad_batches": (f"{_LOGGERS}steps_are_logged_if_asked",),
    "trainer.check_val_every_n_epoch": (
        f"{_FIT}the_last_epoch_is_reported_even_between_validations",
    ),
    "trainer.num_sanity_val_steps": (f"{_OPTIONS}sanity_steps_report_nothing_and_change_nothing",),
    "trainer.limit_train_batches": (
        f"{_OPTIONS}a_part_of_the_training_batches_is_trained_on",
        f"{_OPTIONS}a_share_of_less_than_one_batch_is_refused_before_training",
    ),
    "trainer.limit_val_batches": (
        f"{_OPTIONS}a_part_of_the_validation_is_a_fair_sample",
        f"{_OPTIONS}a_share_of_less_than_one_validation_batch_is_refused_too",
    ),
    "trainer.float32_matmul_precision": (
        f"{_OPTIONS}the_precision_of_products_is_that_of_the_trial",
        _IDLE,
    ),
    "trainer.reduce_lr_on_epoch": (
        _RESUMED,
        "test_signal.py::test_a_shrinking_rate_needs_a_scheduler_that_leaves_it",
    ),
    "early_stopping.monitor": ("test_signal_probe.py::test_the_watched_metric_must_be_reported",),
    "early_stopping.patience": (f"{_FIT}a_trial_that_ended_early_stays_ended_after_a_resume",),
    "early_stopping.min_delta": (f"{_FIT}a_trial_that_ended_early_stays_ended_after_a_resume",),
    "checkpointing.save_top_k": (
        "../search/cli/test_train.py::test_the_config_says_how_many_checkpoints_are_kept",
    ),
    "checkpointing.load_checkpoint": (
        f"{_FIT}a_warm_start_takes_the_weights_but_not_the_epoch",
        f"{_FIT}a_missing_start_is_named",
    ),
    "checkpointing.continue_training": (f"{_FIT}continued_training_counts_epochs_in_total",),
    "logging.loggers": (
        f"{_LOGGERS}the_metrics_of_every_epoch_are_logged",
        f"{_LOGGERS}what_a_logger_cannot_take_is_refused",
        f"{_LOGGERS}no_secret_of_a_logger_is_written_down",
    ),
    "logging.log_every_n_steps": (
        f"{_LOGGERS}steps_are_logged_if_asked",
        f"{_SECTIONS}steps_are_logged_only_where_somebody_listens",
    ),
    "logging.plot_every_n_epochs": (
        "test_drawing.py::test_pictures_are_drawn_as_often_as_asked_and_at_the_end",
    ),
    "logging.memory": (
        f"{_OPTIONS}the_peak_memory_is_reported_if_asked",
        "test_peak_memory.py::test_the_peak_is_that_since_the_beginning_of_the_trial",
    ),
}
"""Names of tests by the key of the option, in `tests/trainables/`."""
