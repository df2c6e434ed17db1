from __future__ import annotations

from pathlib import Path

import pandas as pd

from search.results.table_files import write_table

MIXED = pd.DataFrame({"label": ["SGD", 0.5, 3, True, None], "value": [0.1, 0.25, 1e-9, 2, 1 / 3]})


def test_a_column_of_texts_and_numbers_survives_csv(tmp_path: Path) -> None:
    write_table(MIXED, tmp_path / "t")
    read = pd.read_csv(tmp_path / "t.csv", dtype={"label": str}, keep_default_na=False)
    assert read["label"].tolist() == ["SGD", "0.5", "3", "True", ""]
    assert read["value"].tolist() == MIXED["value"].tolist()


def test_a_column_of_texts_and_numbers_survives_parquet(tmp_path: Path) -> None:
    write_table(MIXED, tmp_path / "t")
    read = pd.read_parquet(tmp_path / "t.parquet")
    assert read["label"].tolist()[:4] == ["SGD", "0.5", "3", "true"]
    assert pd.isna(read["label"].iloc[4])
    assert read["value"].tolist() == MIXED["value"].tolist()


def test_a_bar_in_a_cell_does_not_end_it_in_markdown(tmp_path: Path) -> None:
    write_table(pd.DataFrame({"cause": ["a | b"], "label": ["SGD"]}), tmp_path / "t")
    header, _, row = (tmp_path / "t.md").read_text().splitlines()
    assert header.count("|") == 3
    assert row.replace(r"\|", "").count("|") == 3
    assert r"a \| b" in row
