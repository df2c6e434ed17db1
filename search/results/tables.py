"""Every table of a search, written into its folder."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from search.results.choice_tables import choice_tables
from search.results.folder import SearchFolder
from search.results.pareto import is_trade_off
from search.results.pareto_picture import draw_fronts
from search.results.pareto_table import pareto_table
from search.results.result import SearchResult
from search.results.table_files import replace_file, write_table
from search.results.trial_table import trial_table


def write_tables(result: SearchResult, folder: SearchFolder) -> list[Path]:
    """Write every table of a search as CSV, Markdown and Parquet; returns the files.

    A search of several objectives has its front too, as a table and as a picture.
    """
    trials = trial_table(result)
    replace_file(folder.trials_csv, lambda path: trials.to_csv(path, index=False))
    files = [folder.trials_csv, *write_table(trials, folder.tables / "trials")]
    for name, table in choice_tables(result).items():
        files += write_table(table, folder.tables / f"by_{name}")
    if is_trade_off(result):
        files += write_table(pareto_table(result), folder.tables / "pareto")
        files.append(folder.tables / "pareto.png")
        replace_file(files[-1], partial(draw_fronts, result))
    return files
