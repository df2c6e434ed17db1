from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from search.errors import UserError
from search.files.config_file import TrainingConfig, load_config

FAULT = Path(__file__).parents[1] / "engine" / "fault_trainable.py"

Load = Callable[..., TrainingConfig]
Refused = Callable[..., str]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Loads a config of this text, which lies in a folder of its own."""

    def read(text: str, *overrides: str, name: str = "mine.yaml") -> TrainingConfig:
        folder = tmp_path / "configs"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(text)
        monkeypatch.chdir(tmp_path)
        return load_config(f"configs/{name}", overrides)

    return read


@pytest.fixture
def refused(read: Load) -> Refused:
    """The text with which a config is refused."""

    def refused(text: str, *overrides: str, name: str = "mine.yaml") -> str:
        with pytest.raises(UserError) as error:
            read(text, *overrides, name=name)
        return str(error.value)

    return refused


def test_a_good_file_is_a_training(read: Load) -> None:
    found = read(f"trainable: {FAULT}\nx: 0.25\ntrainer: {{max_epochs: 4}}\n")
    assert found.path == Path("configs/mine.yaml")
    assert found.plain == {"x": 0.25, "trainer": {"max_epochs": 4}}
    assert found.config.max_epochs() == 4
    assert found.trainable.file == str(FAULT)


def test_the_shipped_config_is_found_by_its_name() -> None:
    found = load_config("signal")
    assert found.trainable.name == "signal"
    assert found.plain["optimizer"]["name"] == "Adam"


def test_a_file_without_the_key_is_of_the_trainable_of_its_name(read: Load) -> None:
    assert read("trainer: {max_epochs: 2}", name="signal.yaml").trainable.name == "signal"


def test_an_empty_file_is_all_defaults(read: Load) -> None:
    assert read("", name="signal.yaml").plain == {}


def test_the_command_line_goes_over_the_file(read: Load) -> None:
    found = read(
        f"trainable: {FAULT}\nx: 0.25\ntrainer: {{max_epochs: 4}}\n",
        "trainer.max_epochs=7",
        "y=1e-3",
    )
    assert found.plain == {"x": 0.25, "trainer": {"max_epochs": 7}, "y": 0.001}


def test_a_new_component_leaves_the_arguments_of_the_old_one_behind(read: Load) -> None:
    text = "trainable: signal\noptimizer: {name: SGD, lr: 0.1, momentum: 0.9}\n"
    found = read(text, "optimizer.name=Adam")
    assert found.plain["optimizer"] == {"name": "Adam", "lr": 0.1}


def test_an_unknown_key_is_told_with_its_place_and_the_nearest(refused: Refused) -> None:
    text = refused(f"trainable: {FAULT}\nx: 0.2\nkindd: plain\n")
    assert text.startswith("configs/mine.yaml:3:1: kindd: unknown key 'kindd'; allowed: ")
    assert text.endswith("did you mean 'kind'?")


def test_an_unknown_key_of_the_command_line_is_said_to_be_there(refused: Refused) -> None:
    text = refused(f"trainable: {FAULT}\n", "trainer.max_epoch=3")
    assert text.startswith("command line: trainer.max_epoch: unknown key 'max_epoch'")
    assert text.endswith("did you mean 'max_epochs'?")


@pytest.mark.parametrize(
    ("optimizer", "place", "words"),
    [
        ("{name: AdamQ}", "2:13: optimizer.name", "no optimizer 'AdamQ'"),
        ("{name: Adam, lrr: 1}", "2:25: optimizer.lrr", "did you mean 'lr'?"),
        ("{name: Adam, lr: -1.0}", "2:25: optimizer.lr", "-1"),
    ],
)
def test_a_component_that_is_refused_has_its_place(
    refused: Refused, optimizer: str, place: str, words: str
) -> None:
    text = refused(f"trainable: signal\noptimizer: {optimizer}\n")
    assert text.startswith(f"configs/mine.yaml:{place}: ")
    assert words in text


def test_missing_data_is_told_before_the_training(refused: Refused, tmp_path: Path) -> None:
    text = refused("trainable: signal\ndata: {path: nosuch.csv}\n")
    assert text.startswith("configs/mine.yaml:2:8: data.path: ")
    assert f"{tmp_path}/configs/nosuch.csv does not exist" in text


def test_what_is_odd_in_the_data_is_a_note(read: Load, tmp_path: Path) -> None:
    rows = "".join(f"{n},7,{n % 2}\n" for n in range(100))
    (tmp_path / "events.csv").write_text(f"pt,run,label\n{rows}")
    (note,) = read("trainable: signal\ndata: {path: ../events.csv}\n").notes
    assert note.startswith("data.features: run is the same in every training row")


@pytest.mark.parametrize("override", ["search.trials=3", "space.x=[1, 2]", "resources.cpus=2"])
def test_a_key_of_a_space_file_has_no_place_here(refused: Refused, override: str) -> None:
    text = refused(f"trainable: {FAULT}\n", override)
    key = override.split("=")[0]
    assert text == f"command line: {key}: belongs to a space file; a training has no search"


def test_every_problem_is_said_at_once(refused: Refused) -> None:
    text = refused(f"trainable: {FAULT}\nx: high\nkindd: a\n", "search.trials=3", "nonsense")
    assert [line.split(": ")[0] for line in text.splitlines()] == [
        "command line",
        "command line",
        "configs/mine.yaml:2:1",
        "configs/mine.yaml:3:1",
    ]


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("trainable: nosuch\n", "1:1: trainable: no trainable 'nosuch'"),
        ("trainable: ./no.py\n", "1:1: trainable: no such Python file ./no.py"),
        ("trainable: 3\n", "1:1: trainable: expected text, found the number 3"),
        ("x: 1\n", "1:1: missing key 'trainable'"),
        ("- 1\n", "1:1: expected a mapping at top level"),
        ("x: [\n", "2:1: "),
    ],
)
def test_a_file_of_no_trainable_is_refused(refused: Refused, written: str, words: str) -> None:
    text = refused(written)
    assert text.removeprefix("configs/mine.yaml:").startswith(words)


def test_a_checkpoint_is_looked_for_beside_the_file(read: Load, tmp_path: Path) -> None:
    (tmp_path / "configs").mkdir()
    (tmp_path / "configs" / "a.ckpt").write_text("")
    found = read("trainable: signal\ncheckpointing: {load_checkpoint: a.ckpt}\n")
    expected = str(tmp_path / "configs" / "a.ckpt")
    assert found.plain["checkpointing"]["load_checkpoint"] == expected


def test_a_checkpoint_of_the_command_line_is_looked_for_where_one_stands(
    read: Load, tmp_path: Path
) -> None:
    (tmp_path / "a.ckpt").write_text("")
    found = read("trainable: signal\n", "checkpointing.load_checkpoint=a.ckpt")
    assert found.plain["checkpointing"]["load_checkpoint"] == str(tmp_path / "a.ckpt")


def test_a_checkpoint_that_is_not_there_is_told_before_the_training(
    refused: Refused, tmp_path: Path
) -> None:
    text = refused("trainable: signal\ncheckpointing: {load_checkpoint: a.ckpt}\n")
    assert text == (
        "configs/mine.yaml:2:17: checkpointing.load_checkpoint: "
        f"no such file {tmp_path}/configs/a.ckpt"
    )


def test_a_config_that_is_not_there_lists_the_shipped_ones() -> None:
    with pytest.raises(
        UserError,
        match="shipped configs: fakes, fakes_found, signal, signal_disco, signal_objects",
    ):
        load_config("nosuch")
