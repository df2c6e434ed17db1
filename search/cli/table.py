"""`tune-table`: the tables of a search, or searches side by side."""

from __future__ import annotations

from typing import Annotated

import typer

from search.cli.command import STORAGE, Storage, console, entry, new_app
from search.results.folder import open_folder

app = new_app()


@app.command()
def table(
    names: Annotated[
        list[str], typer.Argument(metavar="NAME...", help="Searches, by name or folder.")
    ],
    storage: Storage = STORAGE,
    top: Annotated[int, typer.Option(min=1, metavar="N", help="How many trials to show.")] = 20,
) -> None:
    """Print the tables of a search and write them as CSV, Markdown and Parquet; compare several."""
    folders = [open_folder(name, storage) for name in names]
    from search.engine.record import Record
    from search.results.show import best_rows, screen_table
    from search.results.tables import (
        choice_tables,
        comparison_table,
        trial_table,
        write_table,
        write_tables,
    )

    screen = console()
    results = [Record.open(folder.record).result() for folder in folders]
    for folder, result in zip(folders, results, strict=True):
        write_tables(result, folder)
        if result.ranked():
            screen.print(screen_table(best_rows(result, trial_table(result), top), result.name))
        else:
            screen.print(f"{result.name}: no trial has ended with a value yet", highlight=False)
        for name, frame in choice_tables(result).items():
            screen.print(screen_table(frame, f"{result.name} by {name}"))
        screen.print(f"Written to {folder.tables} and {folder.trials_csv}", soft_wrap=True)
    if len(results) > 1:
        compared = comparison_table(results)
        screen.print(screen_table(compared, "Compared"))
        stem = folders[0].path.parent / f"comparison_{'_'.join(folder.name for folder in folders)}"
        files = write_table(compared, stem)
        screen.print(f"Written to {', '.join(map(str, files))}", soft_wrap=True)


main = entry(app)
