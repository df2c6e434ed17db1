from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from trainables import signal
from trainables.architectures import Mlp
from trainables.contract import REQUIRED_NAMES
from trainables.signal import Config

Small = Callable[..., Config]
BASE = Path(__file__).parents[2] / "configs" / "signal.yaml"


def test_importing_it_loads_no_heavy_library() -> None:
    code = "import sys, trainables.signal; print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "'pydantic'" in done.stdout
    for heavy in ("torch", "lightning", "pandas", "numpy", "sklearn"):
        assert f"'{heavy}'" not in done.stdout


def test_probing_loads_neither_lightning_nor_pandas() -> None:
    code = "import sys, trainables.signal as s; s.probe(s.Config()); print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "'torch'" in done.stdout
    for heavy in ("lightning", "ray"):
        assert f"'{heavy}'" not in done.stdout


@pytest.mark.parametrize("name", REQUIRED_NAMES)
def test_it_has_the_names_of_a_trainable(name: str) -> None:
    assert hasattr(signal, name)


def test_the_shipped_base_config_is_valid_and_builds() -> None:
    text = BASE.read_text().replace("1e-3", "1.0e-3").replace("1e-5", "1.0e-5")
    written = yaml.safe_load(text)
    assert written.pop("trainable") == "signal"
    config = Config.model_validate(written)
    signal.check_data(config)
    assert set(signal.probe(config)) == set(Config.model_fields)


def test_it_builds_at_its_defaults() -> None:
    assert set(signal.probe(Config())) == set(Config.model_fields)


def test_every_metric_is_reported_and_nothing_else(small: Small, new_trial: Any) -> None:
    config, trial = small(), new_trial()
    signal.fit(config, trial)
    assert [epoch for epoch, _ in trial.reports] == [1, 2, 3]
    for _, metrics in trial.reports:
        assert set(metrics) == set(config.reported())
        assert all(math.isfinite(value) for value in metrics.values())


def test_the_same_seed_gives_the_same_numbers(small: Small, new_trial: Any) -> None:
    first, second, other = new_trial(), new_trial(), new_trial(seed=12)
    for trial in (first, second, other):
        signal.fit(small(), trial)
    assert first.reports == second.reports
    assert first.reports != other.reports


@pytest.mark.parametrize("precision", [32, 64, "bf16-mixed", "bf16-true", "16-true"])
def test_evaluate_gives_the_reported_numbers_again(
    precision: Any, small: Small, new_trial: Any
) -> None:
    # Adam's own eps of 1e-8 is 0 in float16
    optimizer = {"name": "Adam", "eps": 1e-4}
    config, trial = small(trainer={"precision": precision}, optimizer=optimizer), new_trial()
    signal.fit(config, trial)
    assert math.isfinite(trial.reports[1][1]["val_auc"])
    reported = {name: value for name, value in trial.reports[1][1].items() if "val" in name}
    assert signal.evaluate(config, trial.checkpoints[2], "val") == pytest.approx(reported, abs=1e-6)


def test_evaluate_on_test_rows_says_test(small: Small, new_trial: Any) -> None:
    config, trial = small(), new_trial()
    signal.fit(config, trial)
    found = signal.evaluate(config, trial.checkpoints[3], "test")
    names = {name.replace("val_", "test_") for name in config.reported() if name.startswith("val_")}
    assert set(found) == names
    assert found["test_auc"] != trial.reports[2][1]["val_auc"]


def test_continuing_needs_a_checkpoint(small: Small) -> None:
    with pytest.raises(ValidationError, match="continue_training needs load_checkpoint"):
        small(checkpointing={"continue_training": True})


def test_a_shrinking_rate_needs_a_scheduler_that_leaves_it(small: Small) -> None:
    with pytest.raises(ValidationError, match="no effect under scheduler CosineWarmup"):
        small(trainer={"reduce_lr_on_epoch": 0.9}, scheduler={"name": "CosineWarmup"})


def test_a_network_that_diverges_reports_nan_and_does_not_crash(
    small: Small, new_trial: Any
) -> None:
    trial = new_trial()
    signal.fit(small(optimizer={"name": "SGD", "lr": 1e30}), trial)
    assert math.isnan(trial.reports[-1][1]["val_auc"])


@pytest.mark.parametrize(
    ("section", "name", "argument"),
    [
        ("optimizer", "SGD", "momentum"),
        ("scheduler", "StepLR", "step_size"),
        ("scheduler", "CosineWarmup", "warmup_fraction"),
        ("loss", "SigmoidFocalLoss", "gamma"),
        ("architecture", "resnet", "block_size"),
    ],
)
def test_the_arguments_of_a_component_are_known(section: str, name: str, argument: str) -> None:
    known = Config.arguments(section, name)
    assert known is not None
    assert argument in known
    assert Config.arguments(section, "nothing of this name") is None


def test_arguments_without_a_name_are_those_of_the_default_component() -> None:
    config = Config.model_validate({"optimizer": {"lr": 0.5}, "architecture": {"width": 8}})
    assert config.optimizer.name == "Adam"
    assert config.optimizer.arguments == {"lr": 0.5}
    assert isinstance(config.architecture, Mlp)
    assert config.architecture.width == 8
