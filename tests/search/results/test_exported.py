from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from search.errors import UserError
from search.files.config_file import load_config
from search.names import TrainableRef
from search.results.best import choose
from search.results.exported import export
from search.results.pick import parse_pick
from search.results.result import SearchResult


def test_the_folder_holds_all_that_is_needed(
    found: Any, toy_folder: Any, fault_trainable: Any, tmp_path: Path
) -> None:
    chosen = choose(found, toy_folder, fault_trainable, 1, None)
    out = tmp_path / "deep" / "best"
    assert export(chosen, found, toy_folder, out) == out / "config.yaml"
    names = sorted(path.name for path in out.iterdir())
    assert names == ["README.md", "config.yaml", "fault_trainable.py", "model.ckpt", "origin.json"]
    kept = found.trials[1].checkpoints[-1]
    assert hashlib.sha256((out / "model.ckpt").read_bytes()).hexdigest() == kept.sha256
    assert json.loads((out / "model.ckpt").read_text())["epoch"] == 9


def test_the_origin_names_trial_epoch_and_value(
    found: Any, toy_folder: Any, fault_trainable: Any, tmp_path: Path
) -> None:
    chosen = choose(found, toy_folder, fault_trainable, 2, None)
    export(chosen, found, toy_folder, tmp_path / "best")
    origin = json.loads((tmp_path / "best" / "origin.json").read_text())
    assert (origin["search"], origin["search_id"]) == ("toy", "0123")
    assert (origin["trial"], origin["seed"], origin["epoch"]) == (2, 102, 9)
    assert (origin["metric"], origin["value"]) == ("score", 4.5)
    assert origin["sha256"] == found.trials[2].checkpoints[-1].sha256


def test_the_exported_config_trains_the_same_again(
    found: Any, toy_folder: Any, fault_trainable: Any, tmp_path: Path
) -> None:
    chosen = choose(found, toy_folder, fault_trainable, 1, None)
    again = load_config(str(export(chosen, found, toy_folder, tmp_path / "best")))
    # `kind` is the text "1e-3", which must not come back as a number
    assert again.plain == {"x": 0.9, "kind": "1e-3"}


def test_a_trainable_with_checkpoints_to_start_from_is_told_of_this_one(
    found: Any, toy_folder: Any, tmp_path: Path
) -> None:
    source = (Path(found.manifest["trainable_file"])).read_text()
    section = (
        "class Starting(Frozen):\n    load_checkpoint: str | None = None\n\n\n"
        "class Config(TrialConfig):\n    checkpointing: Starting = Starting()\n"
    )
    own = tmp_path / "starting.py"
    own.write_text(source.replace("class Config(TrialConfig):\n", section))
    trainable = TrainableRef("starting.py", str(own))
    chosen = choose(found, toy_folder, trainable, 1, None)
    changed = SearchResult("toy", {**found.manifest, "trainable_file": str(own)}, found.trials, {})
    config = export(chosen, changed, toy_folder, tmp_path / "best")
    checkpoint = str(tmp_path / "best" / "model.ckpt")
    assert load_config(str(config)).plain["checkpointing"] == {"load_checkpoint": checkpoint}


def test_a_file_is_not_written_over_by_a_folder(
    found: Any, toy_folder: Any, fault_trainable: Any, tmp_path: Path
) -> None:
    chosen = choose(found, toy_folder, fault_trainable, 1, None)
    (tmp_path / "best").write_text("mine")
    with pytest.raises(UserError, match="is a file"):
        export(chosen, found, toy_folder, tmp_path / "best")
    assert (tmp_path / "best").read_text() == "mine"


@pytest.fixture
def own(found: SearchResult, tmp_path: Path) -> Any:
    """Exports the best trial as if it had been trained by a file with these lines before it."""

    def export_own(lines: str, folder: Any) -> Path:
        source = Path(found.manifest["trainable_file"]).read_text()
        future = "from __future__ import annotations\n"
        file = tmp_path / "lab" / "mine.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(source.replace(future, future + lines))
        trainable = TrainableRef("./mine.py", str(file))
        changed = SearchResult(
            "toy", {**found.manifest, "trainable_file": str(file)}, found.trials, {}
        )
        chosen = choose(changed, folder, trainable, 1, None)
        return export(chosen, changed, folder, tmp_path / "best")

    return export_own


def test_an_export_whose_trainable_is_one_file_can_be_moved(
    own: Any, toy_folder: Any, tmp_path: Path
) -> None:
    own("", toy_folder)
    (tmp_path / "best").rename(tmp_path / "moved")
    shutil.rmtree(tmp_path / "lab")
    again = load_config(str(tmp_path / "moved" / "config.yaml"))
    assert again.trainable.file == str(tmp_path / "moved" / "mine.py")
    assert again.plain["x"] == 0.9


def test_a_trainable_that_imports_from_its_folder_is_named_where_it_lies(
    own: Any, toy_folder: Any, tmp_path: Path
) -> None:
    (tmp_path / "lab").mkdir()
    (tmp_path / "lab" / "beside_export.py").write_text("VALUE = 1\n")
    config = own("import beside_export\n", toy_folder)
    assert not (tmp_path / "best" / "mine.py").exists()
    assert load_config(str(config)).trainable.file == str(tmp_path / "lab" / "mine.py")
    card = (tmp_path / "best" / "README.md").read_text()
    assert f"names {tmp_path / 'lab' / 'mine.py'}, which is not in this folder" in card
    assert "since it uses beside_export.py." in card


def test_an_export_can_be_searched_and_exported_over_itself(
    found: SearchResult, toy_folder: Any, fault_trainable: Any, tmp_path: Path
) -> None:
    out = tmp_path / "best"
    export(choose(found, toy_folder, fault_trainable, 1, None), found, toy_folder, out)
    file = out / Path(fault_trainable.file).name
    again = SearchResult("toy", {**found.manifest, "trainable_file": str(file)}, found.trials, {})
    trainable = TrainableRef("./fault_trainable.py", str(file))
    config = export(choose(again, toy_folder, trainable, 1, None), again, toy_folder, out)
    assert file.read_text() == Path(fault_trainable.file).read_text()
    assert load_config(str(config)).trainable.file == str(file)


def test_the_origin_of_a_trade_off_names_each_objective(
    traded_found: Any, toy_folder: Any, fault_trainable: Any, tmp_path: Path
) -> None:
    pick = parse_pick("other<=0.2", traded_found.goal)
    chosen = choose(traded_found, toy_folder, fault_trainable, 1, pick)
    export(chosen, traded_found, toy_folder, tmp_path / "best")
    origin = json.loads((tmp_path / "best" / "origin.json").read_text())
    assert (origin["trial"], origin["pick"]) == (2, "other<=0.2")
    assert origin["metric"] == ["score", "other"]
    assert origin["value"] == pytest.approx([10.1, 0.1])
