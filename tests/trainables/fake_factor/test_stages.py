from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from pydantic import ValidationError

from trainables.contract import ConfigError
from trainables.fake_factor.stages import STAGES, Stage, merged, stage, stages
from trainables.fakes import Config


def of(name: Any, **sections: Any) -> Stage:
    return stage(Config.model_validate(sections), name)


@pytest.mark.parametrize("name", STAGES)
def test_without_words_of_its_own_a_stage_is_as_the_shared_sections_say(name: Any) -> None:
    found = of(
        name,
        architecture={"width": 12},
        loss={"w_lambda": 0.01},
        optimizer={"name": "SGD", "lr": 0.1},
        scheduler={"name": "StepLR", "step_size": 2},
        ensemble={"size": 3},
        data={"batch_size": 99},
        trainer={"gradient_clip_val": 0.7},
    )
    assert found.architecture.width == 12
    assert found.loss.w_lambda == 0.01  # type: ignore[union-attr]
    assert found.optimizer.arguments == {"lr": 0.1}
    assert found.scheduler is not None
    assert found.scheduler.arguments == {"step_size": 2}
    assert (found.ensemble.size, found.batch_size, found.gradient_clip_val) == (3, 99, 0.7)


def test_a_stage_changes_a_shared_section_key_by_key() -> None:
    sections = {
        "architecture": {"width": 12, "depth": 2},
        "optimizer": {"name": "SGD", "lr": 0.1, "momentum": 0.5},
        "ratio": {
            "architecture": {"width": 5},
            "optimizer": {"lr": 0.3},
            "batch_size": 16,
            "gradient_clip_val": 2.0,
        },
    }
    ratio, tight = of("ratio", **sections), of("tight", **sections)
    assert (ratio.architecture.width, ratio.architecture.depth) == (5, 2)
    assert (tight.architecture.width, tight.architecture.depth) == (12, 2)
    assert ratio.optimizer.arguments == {"lr": 0.3, "momentum": 0.5}
    assert tight.optimizer.arguments == {"lr": 0.1, "momentum": 0.5}
    assert (ratio.batch_size, ratio.gradient_clip_val) == (16, 2.0)


def test_another_component_keeps_the_shared_arguments_that_it_takes() -> None:
    found = of(
        "ratio",
        optimizer={"name": "SGD", "lr": 0.1, "momentum": 0.5, "weight_decay": 0.2},
        ratio={"optimizer": {"name": "AdamW"}},
    )
    assert found.optimizer.name == "AdamW"
    assert found.optimizer.arguments == {"lr": 0.1, "weight_decay": 0.2}


def test_another_loss_or_network_keeps_the_shared_arguments_that_it_takes() -> None:
    found = of(
        "loose",
        loss={"name": "bregman", "power": 1.5, "w_lambda": 0.1},
        architecture={"name": "resnet", "width": 7, "block_size": 1},
        loose={"loss": {"name": "lsif"}, "architecture": {"name": "mlp"}},
    )
    assert found.loss.model_dump(exclude_none=True) == {
        "name": "lsif",
        "balanced": False,
        "output": "softplus",
        "w_lambda": 0.1,
    }
    assert found.architecture.width == 7


def test_a_stage_can_do_without_the_shared_scheduler() -> None:
    sections: dict[str, Any] = {
        "scheduler": {"name": "StepLR", "step_size": 2},
        "ratio": {"scheduler": {"name": "none"}},
    }
    found = of("ratio", **sections).scheduler
    assert found is not None
    assert (found.name, found.arguments) == ("none", {})


def test_arguments_of_no_shared_scheduler_need_a_name() -> None:
    with pytest.raises(ConfigError, match=r"ratio\.scheduler\.step_size: no scheduler is shared"):
        of("ratio", ratio={"scheduler": {"step_size": 2}})


def test_without_mc_only_the_ratio_is_trained() -> None:
    config = Config.model_validate({"data": {"path": "own.csv", "is_data": None}})
    assert list(stages(config)) == ["ratio"]


@pytest.mark.parametrize(
    ("sections", "place", "message"),
    [
        (
            {"ratio": {"architecture": {"block_size": 2}}},
            ("ratio", "architecture", "mlp", "block_size"),
            "mlp takes no 'block_size'; it takes activation, batchnorm, depth",
        ),
        (
            {"tight": {"loss": {"powr": 1.0, "name": "bregman"}}},
            ("tight", "loss", "bregman", "powr"),
            "did you mean 'power'",
        ),
        (
            {"loose": {"loss": {"name": "squared"}}},
            ("loose", "loss"),
            "does not match any of the expected tags",
        ),
        (
            {"ratio": {"loss": {"name": "square", "w_lambda": 0.1}}},
            ("ratio", "loss", "square"),
            "w_lambda has no meaning for square",
        ),
    ],
)
def test_what_does_not_fit_is_told_where_it_stands(
    sections: dict[str, Any], place: tuple[str, ...], message: str
) -> None:
    with pytest.raises(ValidationError) as error:
        Config.model_validate(sections)
    (detail,) = error.value.errors()
    assert detail["loc"] == place
    assert message in detail["msg"]


@pytest.mark.parametrize(
    "sections",
    [
        {"scheduler": {"name": "CosineWarmup"}},
        {"scheduler": {"name": "none"}, "loose": {"scheduler": {"name": "CosineWarmup"}}},
    ],
)
def test_a_shrinking_rate_needs_schedulers_that_leave_it(sections: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="no effect under scheduler CosineWarmup"):
        Config.model_validate({**sections, "trainer": {"reduce_lr_on_epoch": 0.9}})


def test_families_are_those_of_optimizers_and_schedulers() -> None:
    assert "AdamW" in Config.families("optimizer")["default"]
    assert Config.families("ratio.optimizer") == Config.families("optimizer")
    assert Config.families("loss") == {}


@pytest.mark.parametrize(
    "sections",
    [
        {"ensemble": {"poisson_bootstrap": True}},
        {"ensemble": {"mc_norm_sigma": 0.1}},
        {"ensemble": {"size": 4, "mc_norm_sigma": 0.1}, "ratio": {"ensemble": {"size": 1}}},
    ],
)
def test_what_makes_outputs_differ_needs_several_of_them(sections: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=r"give ensemble\.size 2 or more"):
        Config.model_validate(sections)


def test_a_stage_cannot_be_told_nothing() -> None:
    # null would be read as "off" by one and as "shared" by another
    with pytest.raises(ValidationError):
        Config.model_validate({"ratio": {"scheduler": None}})


def test_a_config_survives_being_written_down() -> None:
    config = Config.model_validate(
        {"ratio": {"optimizer": {"name": "SGD", "momentum": 0.3}, "loss": {"name": "kliep"}}}
    )
    assert Config.model_validate(config.model_dump(mode="json")) == config


@pytest.mark.parametrize(
    ("section", "name", "argument"),
    [
        ("loss", "bregman", "power"),
        ("ratio.loss", "kliep", "output"),
        ("tight.architecture", "resnet", "block_size"),
        ("optimizer", "SGD", "momentum"),
        ("loose.optimizer", "SGD", "momentum"),
        ("ratio.scheduler", "StepLR", "step_size"),
    ],
)
def test_the_arguments_of_a_component_are_known(section: str, name: str, argument: str) -> None:
    known = Config.arguments(section, name)
    assert known is not None
    assert argument in known
    assert Config.arguments(section, "nothing of this name") is None
    assert Config.arguments(f"data.{section}", name) is None


def test_merging_leaves_what_went_in_alone() -> None:
    shared = {"name": "SGD", "lr": 0.1}
    own = Config.model_validate({"ratio": {"optimizer": {"lr": 1.0}}}).ratio.optimizer
    assert merged("optimizer", shared, own) == {"name": "SGD", "lr": 1.0}
    assert shared == {"name": "SGD", "lr": 0.1}


def test_a_config_is_checked_without_any_heavy_library() -> None:
    code = (
        "import sys, trainables.fakes as f; "
        "f.Config.model_validate({'ratio': {'loss': {'name': 'kliep'}}}); "
        "print(sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "'pydantic'" in done.stdout
    for heavy in ("torch", "lightning", "pandas", "numpy", "sklearn"):
        assert f"'{heavy}'" not in done.stdout


def test_mc_cannot_be_weighed_where_nothing_tells_it_from_data() -> None:
    alone = {"path": "own.csv", "is_data": None}
    with pytest.raises(ValidationError, match=r"subtraction\.use: 'mc' needs data\.is_data"):
        Config.model_validate({"data": alone, "subtraction": {"use": "mc"}})
