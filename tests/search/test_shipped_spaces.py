from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from search.errors import UserError
from search.files.shipped import shipped_spaces, spaces_dir
from search.load import load
from search.proof import prove


@pytest.mark.parametrize("name", shipped_spaces())
def test_every_shipped_space_is_proved(name: str) -> None:
    search = load(name)
    assert search.spec.name == name
    prove(search)


@pytest.mark.parametrize("name", shipped_spaces())
def test_a_shipped_space_is_loaded_without_its_libraries(name: str) -> None:
    code = (
        "import sys; from search.load import load\n"
        f"load({name!r})\n"
        "print([m for m in ('torch', 'ray', 'mlflow', 'optuna', 'lightning') if m in sys.modules])"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root)
    assert done.stdout == "[]\n", done.stderr


@pytest.fixture
def rates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A search of the rate and momentum under a schedule that writes both."""
    monkeypatch.chdir(tmp_path)
    Path("rates.yaml").write_text(f"""\
trainable: signal
base: {spaces_dir().parent / "configs" / "signal.yaml"}
search: {{metric: val_auc, mode: max}}
space:
  optimizer.name: [SGD, Adam]
  optimizer.lr: {{float: [1e-5, 1e-1], log: true}}
  optimizer.momentum: {{float: [0.5, 0.9], when: {{optimizer.name: SGD}}}}
  scheduler.name: [none, OneCycleLR]
  scheduler.max_lr: {{float: [1e-3, 1e-1], log: true, when: {{scheduler.name: OneCycleLR}}}}
""")
    return "rates.yaml"


def test_a_rate_under_one_cycle_is_a_dead_knob(rates: str) -> None:
    # torch: OneCycleLR overwrites lr, and cycles momentum between its own two values
    with pytest.raises(UserError) as error:
        prove(load(rates))
    hint = (
        "has no effect when scheduler.name is 'OneCycleLR': none of its values changes what is "
        "built; add `when: {scheduler.name: [none]}`"
    )
    assert str(error.value).split("\n") == [
        f"rates.yaml:6:3: space.optimizer.lr: {hint}",
        f"rates.yaml:7:3: space.optimizer.momentum: {hint}",
    ]


def test_mistakes_in_real_components_are_told_together(rates: str) -> None:
    with pytest.raises(UserError) as error:
        prove(load(rates, ["space.optimizer.name=[SGD, Adma]", "loss.name=BCELos"]))
    said = str(error.value).split("\n")
    assert any(line.startswith("command line: loss.name: ") for line in said)
    assert any(
        line.startswith("command line: space.optimizer.name: ") and "'Adma'" in line
        for line in said
    )


def test_what_ray_decides_is_refused_with_the_way_to_say_it() -> None:
    with pytest.raises(UserError) as error:
        load("signal", ["trainer.accelerator=gpu", "trainer.devices=2"])
    said = str(error.value).split("\n")
    assert len(said) == 2
    assert any("trainer.accelerator: " in line and "resources: {gpus: 1}" in line for line in said)
    assert any("trainer.devices: " in line and "resources: {workers: 2}" in line for line in said)


@pytest.mark.skipif(find_spec("comet_ml") is not None, reason="it is installed here")
def test_a_logger_whose_package_is_missing_is_refused_with_the_command_that_mends_it() -> None:
    with pytest.raises(UserError) as error:
        prove(load("signal", ["logging.loggers=[{name: CometLogger, api_key: horse-77}]"]))
    (said,) = str(error.value).split("\n")
    assert said.startswith("command line: logging.loggers.0.name: CometLogger needs a package")
    assert said.endswith("pip install 'comet-ml>=3.44.4'")
