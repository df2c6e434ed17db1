from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from search.cli.best import best
from search.results.folder import SearchFolder


@pytest.fixture
def storage(toy_folder: SearchFolder, train_fault: Any, write_record: Any) -> Path:
    """A search `toy` of three trials with scores 9 x: 0.9, 8.1 and 4.5."""
    write_record(toy_folder, *(train_fault(n, x=x) for n, x in enumerate([0.1, 0.9, 0.5])))
    return toy_folder.path.parent


def test_the_best_trial_is_exported(
    storage: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "best"
    best("toy", out, rank=1, metric=None, storage=storage)
    first, second = capfd.readouterr().out.splitlines()
    assert first == f"trial 00001, epoch 9, score 8.1 (verified) -> {out}/"
    assert second == f"Train it anew: tune-train {out}/config.yaml"
    assert (out / "model.ckpt").is_file()


def test_another_rank_is_exported(
    storage: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    best("toy", tmp_path / "best", rank=2, storage=storage)
    assert capfd.readouterr().out.startswith("trial 00002, epoch 9, score 4.5 (verified)")


def test_another_metric_chooses(
    storage: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    # other = 1 - x is least for x = 0.9
    best("toy", tmp_path / "best", rank=1, metric="other", storage=storage)
    out = capfd.readouterr().out
    assert out.startswith("trial 00001, epoch ")
    assert "other 0.1 (verified)" in out


def test_a_trial_that_is_passed_over_is_named(
    storage: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = storage / "toy" / "trials" / "00001" / "epoch=0009.ckpt"
    file.write_text("damaged")
    best("toy", tmp_path / "best", rank=1, storage=storage)
    first, second, _ = capfd.readouterr().out.splitlines()
    assert (
        first == f"passed over trial 00001: {file} is missing or was changed since it was reported"
    )
    assert second.startswith("trial 00002, ")


def test_a_search_that_was_moved_is_exported_all_the_same(
    storage: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (storage / "toy").rename(tmp_path / "moved")
    best(str(tmp_path / "moved"), tmp_path / "best", rank=1)
    assert capfd.readouterr().out.startswith("trial 00001, epoch 9, score 8.1 (verified)")


def test_a_trainable_that_works_only_where_it_lies_is_told(
    toy_folder: SearchFolder,
    train_fault: Any,
    write_record: Any,
    manifest: dict[str, Any],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "mine.py"
    file.write_text(Path(manifest["trainable_file"]).read_text() + "\nHERE = __file__\n")
    record = write_record(toy_folder, train_fault(0, x=0.5))
    record.write_manifest(manifest | {"trainable_file": str(file)})
    out = tmp_path / "best"
    best("toy", out, rank=1, storage=toy_folder.path.parent)
    note = capfd.readouterr().out.splitlines()[1]
    assert note.startswith(f"note: {out}/config.yaml names {file}, which works only where it lies")
    assert "(it uses __file__)" in note
