"""A table as files: CSV, Markdown and Parquet, each written aside and renamed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd


def write_table(table: pd.DataFrame, stem: Path) -> list[Path]:
    """One table in three formats, each written aside and renamed."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    written = []
    for suffix, write in WRITERS.items():
        path = stem.with_name(stem.name + suffix)
        replace_file(path, lambda target, write=write: write(table, target))  # type: ignore[misc]
        written.append(path)
    return written


def replace_file(path: Path, write: Callable[[Path], Any]) -> None:
    """Let a file be written aside, and put it into its place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    write(aside)
    aside.replace(path)


def _write_parquet(table: pd.DataFrame, path: Path) -> None:
    # A column may hold texts and numbers side by side (a choice of both): Parquet wants one type.
    mixed = [name for name in table if pd.api.types.infer_dtype(table[name]).startswith("mixed")]
    plain = table.assign(**{str(name): table[name].map(_as_text) for name in mixed})
    plain.to_parquet(path, index=False)


def _as_text(value: Any) -> str | None:
    return None if pd.isna(value) else value if isinstance(value, str) else json.dumps(value)


def _write_markdown(table: pd.DataFrame, path: Path) -> None:
    # A bar inside a cell would end the cell.
    escaped = table.map(
        lambda value: value.replace("|", r"\|") if isinstance(value, str) else value
    )
    path.write_text(escaped.to_markdown(index=False) + "\n")


WRITERS: dict[str, Callable[[pd.DataFrame, Path], Any]] = {
    ".csv": lambda table, path: table.to_csv(path, index=False),
    ".md": _write_markdown,
    ".parquet": _write_parquet,
}
