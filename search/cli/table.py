"""`tune-table`: the tables of a search, or searches side by side."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from search.cli.command import STORAGE, Storage, console, entry, new_app, say
from search.results.folder import SearchFolder, open_folder

if TYPE_CHECKING:
    from search.results.result import SearchResult

app = new_app()

BOX = ["ideal", "reference"]
"""Of several objectives: what the searches are measured by, the same for all."""


@app.command()
def table(
    names: Annotated[
        list[str], typer.Argument(metavar="NAME...", help="Searches, by name or folder.")
    ],
    storage: Storage = STORAGE,
    rebuild: Annotated[
        bool,
        typer.Option("--rebuild", help="Delete the files of earlier tables before writing anew."),
    ] = False,
    top: Annotated[int, typer.Option(min=1, metavar="N", help="How many trials to show.")] = 20,
) -> None:
    """Print the tables of a search and write them as CSV, Markdown and Parquet; compare several."""
    folders = [open_folder(name, storage) for name in names]
    from search.engine.record_reader import RecordReader
    from search.results.comparison import comparison_table
    from search.results.show import print_table
    from search.results.table_files import write_table

    screen = console()
    results = [RecordReader.open(folder.record).result() for folder in folders]
    compared = comparison_table(results) if len(results) > 1 else None
    for folder, result in zip(folders, results, strict=True):
        if rebuild:
            _delete_tables(folder)
        _show(result, folder, top, screen)
    if compared is not None:
        print_table(screen, compared.drop(columns=BOX, errors="ignore"), "Compared")
        for ideal, reference in compared.reindex(columns=BOX).dropna().head(1).to_numpy():
            say(screen, f"hypervolume: the share of the box from {ideal} to {reference}")
        stem = folders[0].path.parent / f"comparison_{'_'.join(folder.name for folder in folders)}"
        files = write_table(compared, stem)
        screen.print(f"Written to {', '.join(map(str, files))}", soft_wrap=True)


def _delete_tables(folder: SearchFolder) -> None:
    shutil.rmtree(folder.tables, ignore_errors=True)
    folder.trials_csv.unlink(missing_ok=True)


def _show(result: SearchResult, folder: SearchFolder, top: int, screen: Console) -> None:
    from search.results.choice_tables import choice_tables
    from search.results.fault_table import fault_table
    from search.results.show import cut_text, print_table, title_of, top_rows
    from search.results.tables import write_tables

    write_tables(result, folder)
    if result.ranked():
        print_table(screen, top_rows(result, top), title_of(result, result.name))
        if cut := cut_text(result, top, folder.trials_csv):
            say(screen, cut)
        for name, frame in choice_tables(result).items():
            print_table(screen, frame, f"{result.name} by {name}")
    else:
        screen.print(f"{result.name}: no trial has ended with a value yet", highlight=False)
    faults = fault_table(result)
    if len(faults):
        print_table(screen, faults.head(top), f"{result.name}: faults")
    screen.print(f"Written to {folder.tables} and {folder.trials_csv}", soft_wrap=True)


main = entry(app)
