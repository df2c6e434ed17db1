from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from search.cli.best import best
from search.cli.train import train
from search.errors import UserError
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


@pytest.fixture
def traded(
    toy_folder: SearchFolder, traded_trials: Any, traded_manifest: Any, write_record: Any
) -> Path:
    """A search `toy` of score and other, of which trial 1 is the knee."""
    write_record(toy_folder, *traded_trials, of=traded_manifest)
    return toy_folder.path.parent


@pytest.mark.parametrize(
    ("pick", "line"),
    [
        (None, "trial 00001, epoch 9, score 16.5, other 0.5 (verified)"),
        ("knee", "trial 00001, epoch 9, score 16.5, other 0.5 (verified)"),
        ("score=1,other=0", "trial 00000, epoch 9, score 18.9, other 0.9 (verified)"),
        ("other<=0.2", "trial 00002, epoch 9, score 10.1, other 0.1 (verified)"),
    ],
)
def test_a_trade_off_is_picked(
    traded: Path,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    pick: str | None,
    line: str,
) -> None:
    best("toy", tmp_path / "best", storage=traded, pick=pick)
    assert capfd.readouterr().out.startswith(f"{line} -> ")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"pick": "other<=0.05"}, "nothing that was reached has other<=0.05"),
        ({"pick": "knee", "rank": 9}, "there is no rank 9"),
        ({"pick": "knee", "metric": "score"}, "give one of them"),
    ],
)
def test_what_cannot_be_picked_is_refused(
    traded: Path, tmp_path: Path, options: Any, said: str
) -> None:
    with pytest.raises(UserError, match=said):
        best("toy", tmp_path / "best", storage=traded, **options)


def test_a_search_of_one_objective_has_nothing_to_pick(storage: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="this search has one objective; give --rank, or --metric"):
        best("toy", tmp_path / "best", storage=storage, pick="knee")


def test_a_trade_off_is_trained_on(
    traded: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    best("toy", tmp_path / "best", storage=traded, pick="other<=0.2")
    config = str(tmp_path / "best" / "config.yaml")
    train(config, ["trainer.max_epochs=3"], out=tmp_path / "out", track=False)
    file = tmp_path / "out" / "checkpoints" / "epoch=0003.ckpt"
    # score = 0.9 * epoch + 2 grows, other = 0.1 stays
    assert "score 4.7  other 0.1" in capfd.readouterr().out
    assert file.is_file()
