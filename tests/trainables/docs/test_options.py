from __future__ import annotations

from pathlib import Path

import pytest

from trainables.docs import options
from trainables.docs.option_tests import TESTS
from trainables.docs.original_options import ELSEWHERE, KEYS

HERE = Path(__file__).parents[1]

GLOBAL = [
    *("experiment_name", "run_name", "save_dir", "tracker_path", "seed", "accelerator", "devices"),
    *("precision", "float32_matmul_precision", "check_eval_n_epoch", "num_sanity_val_steps"),
    *("comet_api_key", "comet_project_name", "log_every_n_steps", "check_metrics_n_epoch"),
    *("plot_metrics_n_epoch", "tqdm_refresh_rate", "track -p PORT", "Tracker"),
    *("load_checkpoint", "continue_training", "reduce_lr_on_epoch", "max_epochs"),
    *("early_stop_patience", "monitor", "monitor_mode", "save_top_k", "gradient_clip_val"),
    *("log_train_memory", "model_save_path", "name", "experiment_config", "train_signal"),
]
"""Every option that SeeSawML's documentation names outside of components and architectures."""


@pytest.mark.parametrize("name", GLOBAL)
def test_every_option_of_the_original_has_its_place(name: str) -> None:
    elsewhere = {part for names in ELSEWHERE for part in names.split(", ")}
    assert (name in KEYS.values()) != (name in elsewhere)


def test_every_key_says_which_tests_show_what_it_does() -> None:
    assert set(TESTS) == set(options.keys())
    assert set(KEYS) <= set(TESTS)


def test_a_key_that_an_adapted_module_lacks_stands_apart() -> None:
    shared, _, apart = options.text().partition("\n## `trainer` of `signal` and `fakes`\n")
    assert "reduce_lr_on_epoch" not in shared
    assert "| `trainer.reduce_lr_on_epoch` | `null` |" in apart
    assert "| `trainer.limit_train_batches` | `null` |" in apart.partition("`fakes` refuses")[2]


@pytest.mark.parametrize("name", sorted({name for names in TESTS.values() for name in names}))
def test_these_tests_are_there(name: str) -> None:
    file, _, test = name.partition("::")
    assert f"\ndef {test}(" in (HERE / file).read_text()
