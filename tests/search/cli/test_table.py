from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from search.cli.table import table
from search.engine.record import Record
from search.errors import UserError
from search.results.folder import SearchFolder
from search.results.trials import Objective, Report, State, TrialRecord


def trial(number: int, state: State, x: float, kind: str, epochs: int) -> TrialRecord:
    reports = tuple(Report(n, float(n), {"score": x * n}) for n in range(1, epochs + 1))
    return TrialRecord(number, state, {"x": x, "kind": kind}, number, reports=reports)


@pytest.fixture
def storage(tmp_path: Path, write_record: Any) -> Path:
    """Two searches: `toy` with scores 4.5, 0.5 and 3.6, and `late` with 0.9."""
    write_record(
        SearchFolder(tmp_path / "toy"),
        trial(0, State.COMPLETE, 0.5, "plain", 9),
        trial(1, State.STOPPED, 0.25, "plain", 2),
        trial(2, State.COMPLETE, 0.4, "deep", 9),
        trial(3, State.RUNNING, 0.9, "deep", 1),
    )
    write_record(SearchFolder(tmp_path / "late"), trial(0, State.COMPLETE, 0.1, "plain", 9))
    write_record(SearchFolder(tmp_path / "empty"))
    return tmp_path


def printed(capfd: pytest.CaptureFixture[str]) -> list[list[str]]:
    return [line.split() for line in capfd.readouterr().out.splitlines()]


def test_the_best_trials_are_printed(storage: Path, capfd: pytest.CaptureFixture[str]) -> None:
    table(["toy"], storage, top=2)
    lines = printed(capfd)
    assert lines[0] == ["toy"]
    assert lines[2][:4] == ["1", "0", "complete", "4.5"]
    assert lines[3][:4] == ["2", "2", "complete", "3.6"]
    assert lines[2][-2:] == ["x=0.5", "kind=plain"]
    assert lines[4] == [
        "2",
        "of",
        "4",
        "trials;",
        "all",
        "of",
        "them:",
        f"{storage}/toy/trials.csv",
    ]
    assert lines[5] == ["toy", "by", "kind"]


def test_the_tables_are_written(storage: Path, capfd: pytest.CaptureFixture[str]) -> None:
    table(["toy"], storage)
    capfd.readouterr()
    read = pd.read_csv(storage / "toy" / "trials.csv")
    assert read["trial"].tolist() == [0, 1, 2, 3]
    assert read["score"].tolist() == pytest.approx([4.5, 0.5, 3.6, 0.9])
    assert read["rank"].fillna(0).tolist() == [1, 3, 2, 0]
    kinds = pd.read_parquet(storage / "toy" / "tables" / "by_kind.parquet")
    assert kinds["value"].tolist() == ["plain", "deep"]
    assert kinds["share_stopped"].tolist() == [0.5, 0.0]


def test_searches_are_compared(storage: Path, capfd: pytest.CaptureFixture[str]) -> None:
    table(["toy", "late"], storage)
    capfd.readouterr()
    read = pd.read_csv(storage / "comparison_toy_late.csv")
    assert read["search"].tolist() == ["toy", "late"]
    assert read["epochs"].tolist() == [9 + 2 + 9 + 1, 9]
    assert read["best"].tolist() == pytest.approx([4.5, 0.9])


def test_a_search_can_be_given_by_its_folder(
    storage: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    table([str(storage / "late")], Path("elsewhere"))
    assert printed(capfd)[0] == ["late"]


def test_a_search_without_a_value_says_so(storage: Path, capfd: pytest.CaptureFixture[str]) -> None:
    table(["empty"], storage)
    assert "empty: no trial has ended with a value yet" in capfd.readouterr().out
    assert (storage / "empty" / "trials.csv").is_file()


def test_the_causes_of_faults_are_printed(
    tmp_path: Path, write_record: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    faulty = [replace(trial(n, State.FAILED, 0.5, "a", 1), cause="KeyError: 'b'") for n in (0, 1)]
    write_record(SearchFolder(tmp_path / "bad"), *faulty)
    table(["bad"], tmp_path)
    lines = printed(capfd)
    assert lines[0] == ["bad:", "no", "trial", "has", "ended", "with", "a", "value", "yet"]
    assert lines[1] == ["bad:", "faults"]
    assert lines[3] == ["failed", "2", "0", "KeyError:", "'b'"]


def test_searches_with_other_objectives_are_refused_before_anything_is_printed(
    storage: Path, manifest: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    folder = SearchFolder(storage / "small")
    folder.path.mkdir()
    record = Record.create(folder.record, "small", Objective("other", "min"))
    record.write_manifest(manifest | {"search": {"metric": "other", "mode": "min"}})
    with pytest.raises(UserError, match=r"toy: score \(max\); small: other \(min\)"):
        table(["toy", "small"], storage)
    assert capfd.readouterr().out == ""


def test_one_unknown_search_of_several_writes_nothing(storage: Path) -> None:
    with pytest.raises(UserError, match=r"late, toy"):
        table(["toy", "nosuch"], storage)
    assert not (storage / "toy" / "trials.csv").exists()


def test_tables_are_rebuilt_from_the_record_alone(
    storage: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    table(["toy"], storage)
    written = (storage / "toy" / "trials.csv").read_bytes()
    (storage / "toy" / "trials.csv").write_text("spoilt")
    (storage / "toy" / "tables" / "by_gone.csv").write_text("of an earlier space")
    table(["toy"], storage, rebuild=True)
    assert (storage / "toy" / "trials.csv").read_bytes() == written
    assert not (storage / "toy" / "tables" / "by_gone.csv").exists()


def test_searches_of_several_objectives_are_measured_by_one_box(
    toy_folder: SearchFolder,
    traded_trials: Any,
    traded_manifest: Any,
    write_record: Any,
    capfd: pytest.CaptureFixture[str],
) -> None:
    storage = toy_folder.path.parent
    for name in ("one", "two"):
        write_record(SearchFolder(storage / name), *traded_trials, of=traded_manifest)
    table(["one", "two"], storage)
    said = capfd.readouterr().out.splitlines()
    assert "one: the front (* is its knee)" in said
    # the front spans 10.1 to 18.9 and 0.1 to 0.9; the reference lies a tenth of that beyond
    assert (
        "hypervolume: the share of the box from score 18.9, other 0.1 to score 9.22, other 0.98"
    ) in said
    assert (storage / "one" / "tables" / "pareto.png").is_file()
